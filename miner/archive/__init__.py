"""Raw mail as it lies: what every kind of archive holds, mail by mail, unparsed."""
