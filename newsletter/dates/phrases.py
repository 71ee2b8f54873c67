"""The small words of dates in some languages, each with the English word of the grammar that it stands for."""

#: Language -> word -> the grammar's word. "hrs" closes a clock, "oclock" opens one.
SMALL_WORDS: dict[str, dict[str, str]] = {
    "de": {
        "und": "and", "sowie": "and", "bis": "to", "am": "on", "den": "the", "der": "the", "dem": "the", "zum": "the",
        "im": "of",
        "um": "at", "von": "from", "vom": "from", "ab": "starting", "jeden": "every", "jede": "every",
        "immer": "every", "woche": "week", "täglich": "daily", "wöchentlich": "weekly", "außer": "except",
        "ohne": "except", "uhr": "hrs", "mittags": "noon", "mitternacht": "midnight", "oder": "or",
    },
    "es": {
        "y": "and", "e": "and", "al": "to", "a": "to", "hasta": "to", "el": "the", "los": "every", "de": "of",
        "del": "from", "desde": "from", "cada": "every", "diariamente": "daily",
        "excepto": "except", "salvo": "except", "h": "hrs", "horas": "hrs", "mediodía": "noon",
        "medianoche": "midnight",
        "o": "or",
    },
    "fr": {
        "et": "and", "au": "to", "le": "the", "les": "every", "du": "from", "dès": "starting", "chaque": "every",
        "tous": "every", "à": "at", "jusqu'au": "to", "de": "from", "h": "hrs", "heures": "hrs", "heure": "hrs",
        "midi": "noon", "minuit": "midnight", "sauf": "except", "ou": "or",
    },
    "it": {
        "e": "and", "ed": "and", "al": "to", "il": "the", "di": "of", "dal": "from", "ogni": "every", "ore": "oclock",
        "alle": "at", "tranne": "except", "escluso": "except", "mezzogiorno": "noon", "mezzanotte": "midnight",
        "o": "or",
    },
    "nl": {
        "en": "and", "tot": "to", "op": "on", "van": "from", "vanaf": "starting", "elke": "every", "iedere": "every",
        "dagelijks": "daily", "wekelijks": "weekly", "om": "at", "uur": "hrs", "u": "hrs", "behalve": "except",
        "middernacht": "midnight", "of": "or",
    },
    "sv": {
        "och": "and", "samt": "and", "till": "to", "den": "the", "från": "from", "varje": "every", "kl": "oclock",
        "klockan": "oclock", "dagligen": "daily", "utom": "except", "midnatt": "midnight", "eller": "or",
    },
    "pt": {
        "e": "and", "a": "to", "até": "to", "de": "of", "do": "of", "cada": "every", "às": "at", "h": "hrs",
        "exceto": "except", "ou": "or",
    },
}  # fmt: skip

#: What a weekday's name ends in where it means every one of them.
WEEKLY_ENDINGS: dict[str, tuple[str, ...]] = {
    "de": ("s", "e"), "es": ("s",), "fr": ("s",), "nl": ("en",), "sv": ("ar",), "pt": ("s",),
}  # fmt: skip

_CLOCK = r"(\d{1,2}(?:[.:h]\d\d|h)?)"

#: Language -> (pattern, the same in words of the grammar), in this order, before the text is cut into words.
PHRASES: dict[str, tuple[tuple[str, str], ...]] = {
    "de": ((r"\bbis einschlie(?:ß|ss)lich\b", "bis"), (r"\bje(?:weils)? (?=\w+s\b)", "")),
    "es": (
        (rf"\b(?:de|desde) las? {_CLOCK} (?:a|hasta) las? {_CLOCK}", r"\1 - \2"),
        (rf"\bde {_CLOCK} a {_CLOCK}", r"\1 - \2"),
        (r"\ba las? ", "@ "),
        (r"(?<=\d) de la tarde\b", "pm"),
        (r"(?<=\d) de la mañana\b", "am"),
        (r"\btodos los (?=\w)", "los "),
        (r"(?<=\d) ?hrs\b\.?", " horas"),
    ),
    "fr": (
        (r"\b(\d{1,2}) ?h(?:eures?)? ?(\d\d)\b", r"\1h\2"),
        (rf"\bde {_CLOCK} à {_CLOCK}", r"\1 - \2"),
        (r"\btous les ", "les "),
    ),
    "it": (
        (rf"\bdalle (?:ore )?{_CLOCK} alle (?:ore )?{_CLOCK}", r"ore \1 - \2"),
        (r"\bl['’](?=\d)", ""),
        (r"\b(da|a)ll['’](?=\d)", r"\1l "),
        (r"\balle ore\b", "ore"),
        (r"\balle (?=\d)", "ore "),
    ),
    "nl": ((r"\bt/m\b|\btot en met\b", "tot"),),
    "sv": ((r"\btill och med\b|\bt\.?o\.?m\.?(?=\s)", "till"),),
    "pt": ((r"-feiras?\b", ""), (r"\bmeio-dia\b", "noon"), (r"\bmeia-noite\b", "midnight")),
    "ja": (
        (r"(\d{4})年\s*", r"\1 "),
        (r"(?<=\d)日", " "),
        (r"(?<=[月火水木金土日])曜日?", " "),
        (r"午前\s*(\d{1,2})時(\d{1,2})分", r" \1:\2 am "),
        (r"午後\s*(\d{1,2})時(\d{1,2})分", r" \1:\2 pm "),
        (r"午前\s*(\d{1,2})時半", r" \1:30 am "),
        (r"午後\s*(\d{1,2})時半", r" \1:30 pm "),
        (r"午前\s*(\d{1,2})時", r" \1 am "),
        (r"午後\s*(\d{1,2})時", r" \1 pm "),
        (r"(\d{1,2})時(\d{2})分", r" \1:\2 "),
        (r"(\d{1,2})時半", r" \1:30 "),
        (r"(\d{1,2})時", r" \1:00 "),
        (r"正午", " noon "),
        (r"毎週", " every "),
        (r"毎日", " daily "),
        (r"から|〜|～", " - "),
        (r"まで", " "),
        (r"、|・|と(?=\d)", ", "),
        (r"(?<=[ 月火水木金土日])の", " "),
    ),
}
