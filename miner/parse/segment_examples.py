"""Made-up mails that teach the line model what the labelled ones hold too little of: logs, code, tables, commit notices.

All were written for this purpose and copied from nowhere. Each line is its label's short name, a bar and the text; `.` is
a blank line, a closing `~` a space, `%%` parts the mails. Quoted lines need no example: their marks decide.
"""

from __future__ import annotations

import re

_SHORT = {
    "p": "paragraph",
    "h": "section_heading",
    "q": "quotation",
    "m": "quotation_marker",
    "d": "patch",
    "c": "raw_code",
    "l": "log_data",
    "e": "technical",
    "t": "tabular",
    "s": "personal_signature",
    "f": "mua_signature",
    "x": "closing",
    "g": "salutation",
    "i": "inline_headers",
    "v": "visual_separator",
    ".": "<empty>",
}

_EXAMPLES = r"""
g|Hi,
.
p|since yesterday the server dies at start with this trace:
.
l|Exception in thread "main" java.lang.IllegalStateException: pool is closed
l|	at org.example.pool.Pool.take(Pool.java:118)
l|	at org.example.pool.Pool$Guard.run(Pool.java:64)
l|	at org.example.server.Server.accept(Server.java:301)
l|	at org.example.server.Server.main(Server.java:27)
l|Caused by: java.io.IOException: Broken pipe
l|	at sun.nio.ch.FileDispatcherImpl.write0(Native Method)
l|	at sun.nio.ch.SocketDispatcher.write(SocketDispatcher.java:47)
l|	... 12 more
.
p|Has anybody seen it before?
.
x|Thanks,
x|Ina
%%
l|Build: https://ci.example.org/job/trunk-linux/91/
l|Java: 64bit/jdk1.8 -XX:+UseSerialGC
.
l|2 tests failed.
l|FAILED:  org.example.store.TestStore.testReopen
.
l|Error Message:
l|expected:<3> but was:<4>
.
l|Stack Trace:
l|java.lang.AssertionError: expected:<3> but was:<4>
l|	at __seed.Info.seed([1F:22]:0)
l|	at org.junit.Assert.fail(Assert.java:88)
l|	at org.example.store.TestStore.testReopen(TestStore.java:77)
l|	at java.lang.Thread.run(Thread.java:748)
.
l|Build Log:
l|[...truncated 812 lines...]
l|   [runner] Suite: org.example.store.TestStore
l|   [runner]   2> 10442 INFO  (main) [    ] o.e.s.Store open /tmp/store-1
l|   [runner]   2> 10443 INFO  (main) [    ] o.e.s.Store read 14 segments
l|   [runner]   2> 10449 WARN  (main) [    ] o.e.s.Store missing checksum
l|   [runner]   2> NOTE: reproduce with: ant test -Dtestcase=TestStore -Dseed=1F22
l|   [runner] FAILURE 0.31s J0 | TestStore.testReopen <<<
l|   [runner]    > Throwable #1: java.lang.AssertionError
l|   [runner]    > 	at org.example.store.TestStore.testReopen(TestStore.java:77)
l|   [runner] Completed [18/211 (1!)] on J0 in 1.02s, 9 tests, 1 failure <<< FAILURES!
.
l|BUILD FAILED
l|/home/ci/trunk/build.xml:412: The following error occurred while executing this line:
l|/home/ci/trunk/common.xml:77: There were test failures: 211 suites, 1 failure
l|Total time: 14 minutes 2 seconds
%%
g|Hello,
.
p|I cannot start the import any more. What does this mean?
.
l|Traceback (most recent call last):
l|  File "/usr/lib/python3/site-packages/tool/main.py", line 44, in run
l|    reader.load(path)
l|  File "/usr/lib/python3/site-packages/tool/reader.py", line 120, in load
l|    raise ValueError("no header")
l|ValueError: no header
.
p|The file itself is fine, I can open it in an editor.
.
x|Best regards
x|Tomas
.
v|--~
s|Tomas Example
s|Some Institute, Room 12
s|phone: +49 30 555 0100
%%
p|The new kernel hangs during boot on my old laptop. This is what I could
p|read from the serial console:
.
l|[    0.000000] Linux version 6.1.0 (build@host) (gcc 12.2.0)
l|[    0.000000] Command line: root=/dev/sda1 ro quiet
l|[    1.402113] ahci 0000:00:1f.2: AHCI 0001.0300 32 slots 6 ports
l|[    1.733311] BUG: unable to handle page fault for address: ffffc90000a00000
l|[    1.733322] #PF: supervisor read access in kernel mode
l|[    1.733391] CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0 #3
l|[    1.733402] RIP: 0010:probe_one+0x3a/0x140 [foo]
l|[    1.733411] Code: 48 89 e5 41 54 53 48 89 fb e8 11 22 33 44
l|[    1.733419] Call Trace:
l|[    1.733424]  <TASK>
l|[    1.733430]  local_pci_probe+0x45/0x90
l|[    1.733437]  pci_device_probe+0xc1/0x240
l|[    1.733444]  really_probe+0xde/0x380
l|[    1.733452]  </TASK>
l|[    1.733460] ---[ end trace 0000000000000000 ]---
.
p|With the previous one it works.
.
x|Regards,
x|Jo
%%
p|Building the current branch fails for me:
.
l|make[2]: Entering directory '/home/me/src/lib'
l|gcc -DHAVE_CONFIG_H -I. -I../include -Wall -O2 -c -o util.o util.c
l|util.c: In function 'read_all':
l|util.c:212:9: error: 'struct buf' has no member named 'len'
l|  212 |     b->len = 0;
l|      |      ^~
l|util.c:214:14: warning: unused variable 'n' [-Wunused-variable]
l|make[2]: *** [Makefile:401: util.o] Error 1
l|make[2]: Leaving directory '/home/me/src/lib'
l|make[1]: *** [Makefile:120: all-recursive] Error 1
l|make: *** [Makefile:88: all] Error 2
.
p|Is there a dependency that I missed?
%%
p|I did it like this, and the second pool is gone after the reboot:
.
l|# mkdir /mnt/a /mnt/b
l|# mount /dev/sdb1 /mnt/a
l|# df -h /mnt/a
l|Filesystem      Size  Used Avail Use% Mounted on
l|/dev/sdb1       917G  802G   69G  93% /mnt/a
l|# ls -l /mnt/a
l|total 12
l|drwxr-xr-x 3 root root 4096 May  1 20:40 doc
l|drwxr-xr-x 4 root root 4096 May  1 20:40 man
l|-rw-r--r-- 1 root root  220 May  1 20:41 notes.txt
l|# umount /mnt/b
l|umount: /mnt/b: not mounted.
.
p|What should I try next?
%%
g|Hi all,
.
p|the mail server log is full of these since the update:
.
l|Mar  3 10:12:01 mx1 postfix/smtpd[2211]: connect from unknown[192.0.2.7]
l|Mar  3 10:12:02 mx1 postfix/smtpd[2211]: NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1
l|Mar  3 10:12:02 mx1 postfix/smtpd[2211]: disconnect from unknown[192.0.2.7]
l|Mar  3 10:12:09 mx1 dovecot: imap-login: Disconnected: rip=192.0.2.9, lip=192.0.2.1
.
p|and in the other file
.
l|2019-03-03 10:12:01,221 ERROR [worker-3] app.jobs - job 17 failed after 3 tries
l|2019-03-03 10:12:01,224 INFO  [worker-3] app.jobs - job 18 taken
l|2019-03-03 10:12:04,001 DEBUG [worker-1] app.db - commit
.
x|Cheers,
x|Bea
%%
p|gdb says:
.
l|Program received signal SIGSEGV, Segmentation fault.
l|[Switching to Thread 0xb7c6d6b0 (LWP 4021)]
l|0x08049f1a in parse_line (p=0x0) at parse.c:88
l|88	    if (p->next)
l|(gdb) bt
l|#0  0x08049f1a in parse_line (p=0x0) at parse.c:88
l|#1  0x0804a0c3 in parse_file (name=0xbff2 "x.txt") at parse.c:140
l|#2  0x08048c11 in main (argc=2, argv=0xbffff7a4) at main.c:31
l|(gdb) quit
.
p|so the list is empty at this point. I will send a fix tonight.
.
x|Mika
%%
p|You could write it this way:
.
c|#include <stdio.h>
c|#include "list.h"
.
c|static int count(struct list *l)
c|{
c|	int n = 0;
.
c|	for (; l; l = l->next)
c|		n++;
c|	return n;
c|}
.
p|It is shorter and does not recurse.
.
x|Regards,
x|Ulla
%%
g|Hi,
.
p|I have this small script, but the loop never ends.
.
c|import sys
c|from tool import Reader
.
c|def main():
c|    reader = Reader(sys.argv[1])
c|    while not reader.done():
c|        print(reader.next())
.
c|if __name__ == "__main__":
c|    main()
.
p|Any idea?
.
x|Thanks in advance
x|Carlo
%%
p|My query is
.
c|SELECT c.name, COUNT(*) AS n
c|FROM customer c
c|LEFT JOIN orders o ON o.customer_id = c.id
c|WHERE o.state = 'open'
c|GROUP BY c.name;
.
p|and it takes ten minutes. The page itself has
.
c|<html>
c|  <head><title>Orders</title></head>
c|  <body>
c|    <table border="0">
c|      <tr><td>${name}</td><td>${n}</td></tr>
c|    </table>
c|  </body>
c|</html>
.
p|which is nothing special.
%%
p|Put this into the configuration file:
.
c|<VirtualHost *:80>
c|    ServerName www.example.org
c|    DocumentRoot "/srv/www"
c|</VirtualHost>
.
p|and this into the start script
.
c|#!/bin/sh
c|for f in /etc/app/*.conf; do
c|    [ -r "$f" ] || continue
c|    . "$f"
c|done
c|exec /usr/bin/app --config "$CONF"
.
p|then restart it.
.
c|$ sudo systemctl restart app
%%
g|Hello,
.
p|in Java I would do
.
c|public class Holder<T> {
c|    private final List<T> items = new ArrayList<T>();
.
c|    public void add(T item) {
c|        items.add(item); // never null
c|    }
c|}
.
p|but with JavaScript it is only
.
c|var items = [];
c|function add(item) {
c|  items.push(item);
c|}
.
x|Cheers
%%
t|Author: someone
t|Date: Tue Apr 14 12:02:21 2009
t|New Revision: 1202
t|URL: http://svn.example.org/viewvc?rev=1202&view=rev
t|Log:
t|Make the second argument optional.
.
t|Modified:
t|    trunk/src/args.c
.
d|Modified: trunk/src/args.c
d|URL: http://svn.example.org/viewvc/trunk/src/args.c?rev=1202&r1=1201&r2=1202&view=diff
d|==============================================================================
d|--- trunk/src/args.c (original)
d|+++ trunk/src/args.c Tue Apr 14 12:02:21 2009
d|@@ -1,3 +1,3 @@
d| int a;
d|-int b;
d|+int b = 1;
d| int c;
%%
i|From: Some Author <author@example.org>
.
p|The counter is read without the lock. Take it.
.
t|Signed-off-by: Some Author <author@example.org>
t|Reviewed-by: Other Author <other@example.org>
v|---
l| drivers/foo/bar.c | 12 ++++++------
l| drivers/foo/bar.h |  2 +-
l| 2 files changed, 7 insertions(+), 7 deletions(-)
.
d|diff --git a/drivers/foo/bar.c b/drivers/foo/bar.c
d|index 1111111..2222222 100644
d|--- a/drivers/foo/bar.c
d|+++ b/drivers/foo/bar.c
d|@@ -1,2 +1,2 @@
d|-int a;
d|+int b;
d| int c;
v|--~
f|2.39.2
%%
p|This series makes the driver work on big-endian machines.
.
l|Some Author (3):
l|  foo: use the right accessors
l|  foo: convert the table once
l|  foo: add a test
.
l| drivers/foo/bar.c  | 40 +++++++++++++++++-----------
l| drivers/foo/test.c | 88 +++++++++++++++++++++++++++++++++++++++++++++++++++
l| 2 files changed, 112 insertions(+), 16 deletions(-)
l| create mode 100644 drivers/foo/test.c
.
v|--~
f|2.20.1
%%
p|http://bugs.example.org/show_bug.cgi?id=1234
.
m|someone@example.org changed:
.
t|           What    |Removed                     |Added
t|----------------------------------------------------------------------------
t|             Status|NEW                         |RESOLVED
t|         Resolution|---                         |FIXED
t|                 CC|                            |other@example.org
.
m|--- Comment #3 from Some One <someone@example.org> ---
p|This works in the current branch, so I close it.
.
v|--~
f|You are receiving this mail because:
f|You are the assignee for the bug.
%%
p|The numbers for both machines:
.
t|machine      threads    before     after
t|old box            1      12.1      12.0
t|old box            4      33.8      41.5
t|new box            1      20.2      20.4
t|new box           16     201.9     288.0
.
p|so it helps as soon as there is more than one thread.
.
x|Regards,
x|Oda
%%
p|According to the plan the rooms are
.
t|+--------+---------+-------+
t|| day    | room    | seats |
t|+--------+---------+-------+
t|| Monday | A 12    |    40 |
t|| Friday | C 3     |   120 |
t|+--------+---------+-------+
.
p|Tell me if that is too small.
%%
l|Update of /cvsroot/tool/src
l|In directory cvs1.example.org:/tmp/cvs-serv991
.
l|Modified Files:
l|	main.c util.c
l|Log Message:
l|fix the build
.
d|Index: util.c
d|===================================================================
d|RCS file: /cvsroot/tool/src/util.c,v
d|retrieving revision 1.7
d|retrieving revision 1.8
d|diff -u -d -r1.7 -r1.8
d|--- util.c	27 Apr 2006 09:45:38 -0000	1.7
d|+++ util.c	28 Apr 2006 21:12:57 -0000	1.8
d|@@ -1,2 +1,2 @@
d|-int a;
d|+long a;
d| int c;
"""


def read_examples() -> list[tuple[str, list[str]]]:
    """Give each made-up mail as its text and the labels of its lines."""
    mails = []
    for part in _EXAMPLES.strip("\n").split("\n%%\n"):
        rows = [row.partition("|") for row in part.split("\n")]
        mails.append(
            ("\n".join(re.sub("~$", " ", text) for _, _, text in rows), [_SHORT[short] for short, _, _ in rows])
        )
    return mails
