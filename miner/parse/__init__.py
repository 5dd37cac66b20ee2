"""Bytes to messages: MIME, subjects, layers and their origins, line classes, work-item tables."""

from miner.parse.flattened import recover_mail
from miner.parse.layers import split_layers
from miner.parse.lists import find_lines, find_list
from miner.parse.mime import hash_id, parse_mail
from miner.parse.provenance import group_threads, trace_origins
from miner.parse.segments import label_lines
from miner.parse.tables import find_copies, find_tables

__all__ = [
    "find_copies",
    "find_lines",
    "find_list",
    "find_tables",
    "group_threads",
    "hash_id",
    "label_lines",
    "parse_mail",
    "recover_mail",
    "split_layers",
    "trace_origins",
]
