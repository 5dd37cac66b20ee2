"""The mail as a real SMTP server gets it and an independent parser reads it, and every way in which it may not arrive."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword
from typer.testing import CliRunner

from miner.cli import app
from miner.config import Config, SmtpSettings, read_config
from miner.errors import ConfigError, SendError
from miner.letters import compose
from miner.outbox import Stood, last_report, read_sent, read_standing
from miner.past import stand
from miner.pipeline import mine
from miner.posting import prepare, transmit
from miner.report.render import render_letter
from miner.report.send import find_server, make_mail

from ..inbox import Inbox
from ..lists import write_diff, write_mail

MBOX = str(Path(__file__).parents[2] / "corpora" / "sample" / "weft-dev.mbox")
NOW = datetime(2026, 4, 5, 8, tzinfo=UTC)
TO = ["Bo Lind <bo@example.org>", "loom-dev@example.org"]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(
        store=str(tmp_path / "store.sqlite"),
        smtp=SmtpSettings("127.0.0.1", 1, "none", "", "Ada Byron <ada@example.org>"),
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with Inbox(tmp_path / "inbox") as found:
        yield found


@pytest.fixture(autouse=True)
def _no_git_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("LORE_MINER_SMTP_PASSWORD", raising=False)


def at(config: Config, port: int, **more) -> Config:
    return replace(config, smtp=replace(config.smtp, port=port, **more))


def letter(mined, config, days: float = 0, since: datetime | None = datetime(2026, 3, 1, tzinfo=UTC)):
    return compose(mined, config, now=NOW + timedelta(days=days), since=since)


PERL = """
use strict; use warnings; use PublicInbox::Eml;
binmode(STDOUT, ":utf8"); local $/; my $raw = <STDIN>; my $eml = PublicInbox::Eml->new(\\$raw);
print join("\\n", map { $eml->header_str($_) // "" } qw(Subject From To)), "\\n";
$eml->each_part(sub { my $part = $_[0]->[0]; print "\\0", $part->content_type, "\\n", $part->body_str; });
"""


def public_inbox_reads(raw: bytes) -> tuple[list[str], list[tuple[str, str]]]:
    """Subject, From and To, and type and text of each part, as the parser of public-inbox sees them."""
    done = subprocess.run(["perl", "-e", PERL], input=raw, capture_output=True, check=True)
    head, *parts = done.stdout.decode().split("\0")
    return head.splitlines(), [(kind, text) for kind, _, text in (part.partition("\n") for part in parts)]


def test_a_report_arrives_whole(mined, config, inbox):
    config = at(config, inbox.port)
    found = letter(mined, config)
    transmit(prepare(found, config, TO, now=NOW), config)
    (mail,) = inbox.mails
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]
    assert mail["From"] == "Ada Byron <ada@example.org>"
    assert mail["To"] == "Bo Lind <bo@example.org>, loom-dev@example.org"
    assert mail["Subject"] == "Where things stand on 2026-04-03"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sun, 05 Apr 2026 08:00:00 +0000"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["In-Reply-To"] is None
    raw = mail.as_bytes()
    heads, parts = public_inbox_reads(raw)
    assert heads == [
        "Where things stand on 2026-04-03",
        "Ada Byron <ada@example.org>",
        "Bo Lind <bo@example.org>, loom-dev@example.org",
    ]
    assert [kind.partition(";")[0] for kind, _ in parts] == ["text/plain", "text/html"]
    assert parts[0][1].replace("\r\n", "\n").rstrip() == render_letter(found, "text").rstrip()
    assert "林晓晴" in parts[1][1]
    assert max(len(line) for line in raw.split(b"\n")) <= 998
    assert raw.isascii()


def test_the_next_report_answers_the_last(mined, config, inbox):
    config = at(config, inbox.port)
    for day in range(3):
        transmit(prepare(letter(mined, config, day), config, TO, now=NOW + timedelta(days=day)), config)
    transmit(prepare(letter(mined, config), config, ["cy@example.org"], now=NOW + timedelta(days=9)), config)
    first, second, third, other = inbox.mails
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert other["In-Reply-To"] is None


def test_mail_that_came_late_is_news_in_the_next_report(config, inbox, tmp_path):
    config = at(config, inbox.port)
    title = "loom: turn the wheel"
    patch = write_mail("p@x", "Ada <ada@loom.example>", f"[PATCH] {title}", f"x\n---\n{write_diff(1, 1, 'a.c')}", 1)
    took = write_mail("t@x", "Bo <bo@shed.example>", f"Re: [PATCH] {title}", "Applied, thanks.", 2, "p@x")
    hello = write_mail("h@x", "Cy <cy@reed.example>", "hello", "Hello.", 9)
    source = tmp_path / "list.mbox"

    def read(*mails):
        source.write_bytes(b"".join(b"From a Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in mails))
        return mine([str(source)], config=config)

    before = read(patch, hello)
    sent = datetime(2026, 3, 11, tzinfo=UTC)
    stood = Stood(before.sources, stand(before.status))
    transmit(prepare(compose(before, config, now=sent), config, TO, now=sent, stood=stood), config)
    last = last_report(config, TO)
    assert read_standing(config, last, before.sources) == stood.works
    assert read_standing(config, last, ["another.mbox"]) is None
    assert read_standing(config, replace(last, message_id="z@x"), before.sources) is None

    after = read(patch, took, hello)
    found = compose(after, config, now=sent, since=last.date, before=read_standing(config, last, after.sources))
    assert [(heap.key, [entry.title for entry in heap.entries]) for heap in found.heaps] == [("done", [title])]
    assert prepare(found, config, TO, now=sent).why_not == ""
    assert compose(after, config, now=sent, since=last.date).is_empty  # by the dates of the mails
    config.store_path.with_name("standing.json").write_text("[1")
    assert read_standing(config, last, after.sources) is None


def test_the_same_report_and_one_without_news_are_not_needed(mined, config, inbox):
    config = at(config, inbox.port)
    ready = prepare(letter(mined, config), config, TO, now=NOW)
    assert ready.why_not == ""
    transmit(ready, config)
    assert "said the same" in prepare(letter(mined, config, 1), config, TO, now=NOW).why_not
    assert prepare(letter(mined, config), config, ["cy@example.org"], now=NOW).why_not == ""
    quiet = letter(mined, config, since=datetime(2026, 4, 4, tzinfo=UTC))
    assert "nothing moved" in prepare(quiet, config, ["cy@example.org"], now=NOW).why_not


def test_who_is_refused_is_named_and_the_others_do_not_get_it_again(mined, config, inbox):
    config = at(config, inbox.port)
    to = [*TO, "gone@example.org"]
    refused = transmit(prepare(letter(mined, config), config, to, now=NOW), config)
    assert refused == "127.0.0.1: it takes no mail for gone@example.org (550 5.1.1 no such user); the others got it"
    assert "said the same" in prepare(letter(mined, config, 1), config, to, now=NOW).why_not
    transmit(prepare(letter(mined, config, 1), config, to, now=NOW + timedelta(days=1)), config)
    first, second = inbox.mails
    assert second["In-Reply-To"] == first["Message-ID"]
    alone = prepare(letter(mined, config), config, ["gone@example.org"], now=NOW)
    with pytest.raises(SendError, match=r"takes no mail for gone@example.org \(550 5.1.1 no such user\)$"):
        transmit(alone, config)
    assert len(read_sent(config)) == 2


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


def contexts(authority) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    return server, client


def check_login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and data == LoginPassword(b"ada", b"s3cret")
    return AuthResult(success=good, handled=False)


@pytest.mark.parametrize("way", ["environment", "git"])
def test_starttls_and_a_password(way, mined, config, authority, tmp_path, monkeypatch):
    server, client = contexts(authority)
    if way == "environment":
        monkeypatch.setenv("LORE_MINER_SMTP_PASSWORD", "s3cret")
    else:
        helper = "!f() { grep -q '^host=127.0.0.1:' && echo password=s3cret; }; f"
        subprocess.run(["git", "config", "--global", "credential.helper", helper], check=True)
    with Inbox(
        tmp_path / "in", tls_context=server, require_starttls=True, authenticator=check_login, auth_required=True
    ) as inbox:
        config = at(config, inbox.port, encryption="tls", user="ada")
        transmit(prepare(letter(mined, config), config, TO, now=NOW), config, client)
        assert len(inbox.mails) == 1


def test_what_can_go_wrong_is_said_and_nothing_is_remembered(mined, config, authority, tmp_path, monkeypatch):
    server, client = contexts(authority)
    found = letter(mined, config)

    def fails(words, config, tls=None):
        with pytest.raises(SendError, match=words) as error:
            transmit(prepare(found, config, TO, now=NOW), config, tls)
        assert "\n" not in str(error.value)
        assert "s3cret" not in str(error.value)
        assert read_sent(config) == ()

    fails("127.0.0.1:1: ", config)
    with Inbox(tmp_path / "in", tls_context=server, authenticator=check_login, auth_required=True) as inbox:
        with_tls = at(config, inbox.port, encryption="tls", user="ada")
        fails("no password for ada", with_tls, client)
        monkeypatch.setenv("LORE_MINER_SMTP_PASSWORD", "wrong")
        fails("may not log in", with_tls, client)
        fails("certificate", with_tls)
        fails("530", at(config, inbox.port), client)
        assert inbox.mails == []


def test_settings_of_git():
    with pytest.raises(SendError, match="no SMTP server"):
        find_server("", 0, "", "", "")
    for key, value in {
        "sendemail.smtpServer": "mail.example.org",
        "sendemail.smtpEncryption": "tls",
        "sendemail.smtpUser": "ada",
        "user.name": "Ada Byron",
        "user.email": "ada@example.org",
    }.items():
        subprocess.run(["git", "config", "--global", key, value], check=True)
    found = find_server("", 0, "", "", "")
    assert (found.host, found.port, found.encryption, found.user) == ("mail.example.org", 587, "tls", "ada")
    assert found.sender == "Ada Byron <ada@example.org>"
    assert find_server("other.example.org", 0, "ssl", "", "x@example.org").port == 465
    subprocess.run(["git", "config", "--global", "sendemail.from", "Bo <bo@example.org>"], check=True)
    assert find_server("", 0, "", "", "").sender == "Bo <bo@example.org>"
    subprocess.run(["git", "config", "--global", "sendemail.smtpServer", "/usr/sbin/sendmail"], check=True)
    with pytest.raises(SendError, match="no SMTP server"):
        find_server("", 0, "", "", "")


@pytest.mark.parametrize(
    "bad", ["a@b\r\nBcc: evil@example.org", "nobody", "a@b@c", "<>", "a b@example.org", "a@example.org, b@example.org"]
)
def test_an_address_that_is_none(bad):
    with pytest.raises(SendError, match="no address"):
        make_mail("x", "x", "x", sender="ada@example.org", to=[bad], date=NOW)


def test_an_address_with_letters_that_mail_does_not_know():
    with pytest.raises(SendError, match=r"before the @ has letters outside of ASCII$"):
        make_mail("x", "x", "x", sender="ada@example.org", to=["Zoë <zoë@example.org>"], date=NOW)
    assert make_mail("x", "x", "x", sender="ada@example.org", to=["Zoë <zoe@example.org>"], date=NOW)["To"]


def test_nothing_from_mail_gets_into_the_headers():
    subject = "x\r\nBcc: evil@example.org\r\n\r\n<script> \x00 \u2028 y"
    mail = make_mail(
        subject,
        "From me\n.\n..\n" + "x" * 5000,
        "<p>",
        sender="Ada <ada@example.org>",
        to=["bo@example.org"],
        date=NOW,
    )
    raw = mail.as_bytes()
    head = raw.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    assert mail["Bcc"] is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\r\nFrom me" not in raw.split(b"\r\n\r\n", 1)[1]


def test_no_password_in_the_configuration(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[smtp]\npassword = "s3cret"\n')
    with pytest.raises(ConfigError, match="does not belong"):
        read_config(path)


def test_the_command(inbox, tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text(
        f'store = "{tmp_path}/store.sqlite"\n[smtp]\nhost = "127.0.0.1"\nport = {inbox.port}\nencryption = "none"\n'
        'sender = "Ada Byron <ada@example.org>"\n'
    )
    run = CliRunner()

    def send(*arguments):
        return run.invoke(app, ["send", MBOX, "--since", "2026-03-01", "--config", str(settings), *arguments])

    assert "nobody to send it to" in send().stderr
    shown = send("--to", "bo@example.org")
    assert (shown.exit_code, inbox.mails) == (0, [])
    assert "Subject: Where things stand on 2026-04-03" in shown.stdout
    assert "nothing was sent" in shown.stderr
    assert send("--to", "bo@example.org", "--confirm").stdout == "sent to bo@example.org\n"
    again = send("--to", "bo@example.org", "--confirm")
    assert "said the same" in again.stderr
    assert len(inbox.mails) == 1
    send("--to", "bo@example.org", "--confirm", "--again")
    assert len(inbox.mails) == 2
    partly = send("--to", "cy@example.org", "--to", "gone@example.org", "--confirm")
    assert (partly.exit_code, partly.stdout) == (3, "")
    assert "done in part: 127.0.0.1: it takes no mail for gone@example.org (550 5.1.1 no such user)" in partly.stderr
    assert len(inbox.mails) == 3
    last = run.invoke(app, ["report", MBOX, "--config", str(settings)]).stdout
    assert f"Since {datetime.now(UTC).date()}: nothing moved." in last


def test_a_mail_can_be_shown_without_a_server(tmp_path):
    settings = tmp_path / "config.toml"
    settings.write_text(f'store = "{tmp_path}/store.sqlite"\n')
    words = ("send", MBOX, "--to", "bo@example.org", "--config", str(settings))
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0
    assert "To: bo@example.org" in shown.stdout
    assert "as soon as there is an SMTP server" in shown.stderr
    assert CliRunner().invoke(app, [*words, "--confirm"]).exit_code == 1
