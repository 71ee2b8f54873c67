"""The program's own words in the languages readers choose: gettext catalogues, plural forms, lists, direction."""
