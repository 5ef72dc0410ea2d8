"""Mail out: to a server, or, as a museum tries Caravan, into files under the home."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote, urlsplit

from catalog.ids import new_id

if TYPE_CHECKING:
    from pathlib import Path

SENDER = "Caravan <caravan@localhost>"
TIMEOUT_SECONDS = 30


class Mailer(Protocol):
    """Sends one plain mail, or raises OSError so that its job is tried again."""

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send a mail of plain text."""


class FileMailer:
    """Writes each mail as a file, for a site that has no mail server yet."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder; it is made with the first mail."""
        self.folder = folder

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Write the mail under a name of ours."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{new_id()}.eml").write_bytes(bytes(message(to, subject, text)))


class SmtpMailer:
    """Hands mail to an SMTP server, with TLS where the server offers it."""

    def __init__(self, url: str) -> None:
        """Read smtp://USER:PASSWORD@HOST:PORT."""
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "localhost", parts.port or 25
        self.user, self.password = parts.username, parts.password

    def send(self, *, to: str, subject: str, text: str) -> None:
        """Send the mail; raises OSError (smtplib's errors are such) when it does not go out."""
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS) as server:
            if server.has_extn("starttls"):
                server.starttls()
            if self.user and self.password:
                server.login(unquote(self.user), unquote(self.password))
            server.send_message(message(to, subject, text))


def message(to: str, subject: str, text: str) -> EmailMessage:
    """Write a mail; header injection is refused by the library."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = SENDER, to, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid()
    mail.set_content(text)
    return mail


def open_mailer(url: str, home: Path) -> Mailer:
    """Return the mailer for a setting: `log:` or `smtp://...`."""
    return FileMailer(home / "mail") if url.startswith("log:") else SmtpMailer(url)
