"""Records in, text out. Pure: no file is opened, no clock is read, nothing is sent from here.

Whatever came from a mail is hostile. It passes through `escape` on its way to a terminal, a page, a spreadsheet or a
Markdown text, whoever renders it.
"""
