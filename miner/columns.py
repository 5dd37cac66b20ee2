"""The names that people give to the columns of a work-item table, lower case, by what they mean; first is preferred."""

from __future__ import annotations

TITLE = (
    "item",
    "work item",
    "work",
    "task",
    "title",
    "topic",
    "feature",
    "issue",
    "todo",
    "what",
    "name",
    "project",
    "action item",
    "action",
    "blocker",
    "work package",
    "deliverable",
)
# Of the work too, where no column has a name of TITLE.
NAMES_PATCHES = ("series", "patch series", "patch", "patchset", "patches", "subject")
ASSIGNEE = (
    "assignee",
    "owner",
    "assigned to",
    "assigned",
    "who",
    "responsible",
    "driver",
    "lead",
    "contact",
    "maintainer",
    "owners",
    "assignees",
    "developer",
    "author",
    "submitter",
)
AUTHOR = ("author", "submitter")  # whose work a patch is; books and talks have one as well
PRIORITY = ("priority", "prio", "severity", "importance", "class", "level")
DESCRIPTION = ("description", "desc", "details", "summary", "notes", "note", "comment", "comments", "remarks")
LINKS = tuple("links link series url urls thread patches patch posting refs ref references".split())
LOCATION = ("location", "locations", "files", "file", "code", "functions", "component", "area", "where")
STATUS = ("status", "state", "progress")
NEEDS = ("needs", "depends on", "depends", "blocked by", "requires", "after", "dependencies")
