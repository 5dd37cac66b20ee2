"""Bytes to messages: MIME, subjects, layers and their origins, line classes, work-item tables."""
