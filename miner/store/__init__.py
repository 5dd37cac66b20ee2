"""Results kept between runs in one SQLite file, safe to delete: everything in it can be made again from the raw mail.

Four tables by what their rows were made of: each mail's head and message, each thread's messages with all that it tells
by itself, the facts of each cluster of threads, and the records of each region with what it heard of the whole list
(`regional.py`); beside them what the newest whole run adds up to, and by what the next one tells what is new. Rows are written and deleted, never changed. A file
that another version of the schema or other code made is emptied, never migrated.

Writers hold a lock and write in transactions, so that a reader, or a run after a power cut, sees the results of one
whole run.

rows       what stands in a row, packed and read again
file       the file: tables, connections, its lock, and damage that was found
results    what the last whole run found, for readers
shelf      what runs look up and put beside it, key by key
"""
