"""The development mailbox shows what the post kept, and is closed to everybody in production."""

from email.message import EmailMessage

from flask import Flask
from flask.testing import FlaskClient

from app.notifications.transports import into_folder
from tests.support.html import problems_of


def test_mails_are_shown_newest_first_with_their_html_in_a_sandbox(app: Flask, client: FlaskClient) -> None:
    for number in (1, 2):
        mail = EmailMessage()
        mail["Subject"], mail["To"], mail["Message-ID"] = f"Letter <{number}>", "pat@example.test", f"<m{number}@x>"
        mail.set_content("Plain words")
        mail.add_alternative("<p>Rich <script>alert(1)</script></p>", subtype="html")
        into_folder(app.config["SETTINGS"].instance / "outbox")(mail)
    listed = client.get("/dev/mailbox").text
    assert "Letter &lt;2&gt;" in listed
    one = client.get("/dev/mailbox/m2")
    assert "Plain words" in one.text
    assert not problems_of(one.text)
    html = client.get("/dev/mailbox/m2/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox")
    assert client.get("/dev/mailbox/../secret_key").status_code == 404
    assert client.get("/dev/mailbox/none").status_code == 404
