"""Words for how somebody stands with a list, as programs and people write them; and columns in other languages."""

from newsletter.people.importing.standing import Standing, UnknownWordError

_WORDS: dict[Standing, str] = {
    "active": "active subscribed confirmed enabled regular premium gifted trialed paid free comp yes true 1 opted-in",
    "left": "left unsubscribed disabled inactive cancelled canceled opted-out removed no false 0 churned deleted",
    "bounced": "bounced cleaned undeliverable unreachable invalid dead suppressed",
    "complained": "complained complaint spam abuse",
    "blocked": "blocked blocklisted blacklisted banned barred spammy",
    "unconfirmed": "pending unconfirmed unactivated unverified validating requested waiting non-subscribed",
}
_STANDINGS: dict[str, Standing] = {word: one for one, words in _WORDS.items() for word in words.split()}
_YES = frozenset({"true", "yes", "1", "y", "on"})
_NO = frozenset({"false", "no", "0", "n", "off", ""})


def standing_of(word: str) -> Standing:
    """The standing that a status word means, active where the cell is empty; UnknownWordError for any other."""
    plain = "-".join(word.casefold().replace("_", " ").split())
    if not plain:
        return "active"
    found = _STANDINGS.get(plain)
    if found is None:
        raise UnknownWordError(f"status {word!r} is none we know, such as active, unsubscribed or bounced")
    return found


def is_yes(word: str) -> bool:
    """What a cell of yes or no says; UnknownWordError where it says neither."""
    plain = word.strip().casefold()
    if plain not in _YES | _NO:
        raise UnknownWordError(f"{word!r} is neither true nor false")
    return plain in _YES


#: Names of columns in the languages people export in, folded; the values are our fields.
ALIASES: dict[str, str] = {
    name: field
    for field, names in {
        "email": "email|e-mail|mail|email address|e-mail address|address|emailadresse|e-mail-adresse|e-mail adresse|"
        "deine e-mail adresse|deine e-mail-adresse|adresse e-mail|adresse email|adresse électronique|courriel|"
        "correo|correo electrónico|dirección de correo electrónico|indirizzo email|indirizzo e-mail|e-mailadres|"
        "endereço de e-mail|adres e-mail|e-postadress|sähköposti|メールアドレス|电子邮件地址|البريد الإلكتروني",
        "name": "name|full name|display name|fullname|nombre completo|nom complet|vollständiger name|名前|الاسم",
        "first_name": "first name|firstname|given name|fname|vorname|prénom|prenom|nombre|nome|voornaam|imię|förnamn|"
        "名",
        "last_name": "last name|lastname|surname|family name|lname|nachname|nom|apellido|apellidos|cognome|"
        "achternaam|nazwisko|efternamn|姓",
        "timezone": "timezone|time zone|zone|zeitzone|fuseau horaire|zona horaria|タイムゾーン",
        "clock": "clock",
        "language": "language|locale|sprache|langue|idioma|言語",
        "topics": "topics",
        "digests": "digests",
        "standing": "state|status",
        "joined": "since|subscribed at|subscribed on|subscription date|created at|created|signup date|date added|"
        "opted in|optin time",
        "confirmed": "confirmed at|confirm time",
        "ended": "unsubscribed at|unsubscribed on",
    }.items()
    for name in names.split("|")
}


def folded(name: str) -> str:
    """A column's name as it is compared: without case, with one space for spaces and underscores."""
    return " ".join(name.strip().strip("\ufeff").casefold().replace("_", " ").split())
