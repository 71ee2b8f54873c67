"""Zone abbreviations as people write them; each means the wall clock of a region, whatever the season.

Abbreviations that several regions share evenly (IST, AMT, GST) are left out: they are refused, not guessed.
"""

#: (generic, standard, summer, the IANA zone whose wall clock is meant)
SEASONAL: tuple[tuple[str, str, str, str], ...] = (
    ("PT", "PST", "PDT", "America/Los_Angeles"),
    ("MT", "MST", "MDT", "America/Denver"),
    ("CT", "CST", "CDT", "America/Chicago"),
    ("ET", "EST", "EDT", "America/New_York"),
    ("AKT", "AKST", "AKDT", "America/Anchorage"),
    ("AT", "AST", "ADT", "America/Halifax"),
    ("NT", "NST", "NDT", "America/St_Johns"),
    ("", "WET", "WEST", "Europe/Lisbon"),
    ("", "CET", "CEST", "Europe/Berlin"),
    ("", "MEZ", "MESZ", "Europe/Berlin"),
    ("", "EET", "EEST", "Europe/Athens"),
    ("AET", "AEST", "AEDT", "Australia/Sydney"),
    ("ACT", "ACST", "ACDT", "Australia/Adelaide"),
    ("NZT", "NZST", "NZDT", "Pacific/Auckland"),
)

FIXED: dict[str, str] = {
    "UTC": "UTC",
    "GMT": "UTC",
    "Z": "UTC",
    "BST": "Europe/London",
    "HST": "Pacific/Honolulu",
    "MSK": "Europe/Moscow",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "SGT": "Asia/Singapore",
    "HKT": "Asia/Hong_Kong",
    "PKT": "Asia/Karachi",
    "NPT": "Asia/Kathmandu",
    "AWST": "Australia/Perth",
    "SAST": "Africa/Johannesburg",
    "WAT": "Africa/Lagos",
    "EAT": "Africa/Nairobi",
    "CAT": "Africa/Maputo",
    "BRT": "America/Sao_Paulo",
    "ART": "America/Argentina/Buenos_Aires",
}

#: Names written out, without the words "time", "standard" and "daylight".
SPOKEN: dict[str, str] = {
    "pacific": "America/Los_Angeles",
    "mountain": "America/Denver",
    "central": "America/Chicago",
    "eastern": "America/New_York",
    "alaska": "America/Anchorage",
    "atlantic": "America/Halifax",
    "hawaii": "Pacific/Honolulu",
    "uk": "Europe/London",
    "british": "Europe/London",
    "london": "Europe/London",
    "seattle": "America/Los_Angeles",
    "central european": "Europe/Berlin",
    "central europe": "Europe/Berlin",
    "europe central": "Europe/Berlin",
    "western european": "Europe/Lisbon",
    "eastern european": "Europe/Athens",
    "greenwich mean": "UTC",
    "coordinated universal": "UTC",
    "universal": "UTC",
    "india": "Asia/Kolkata",
    "japan": "Asia/Tokyo",
}
