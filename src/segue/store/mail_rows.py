"""What is known of a mail once it was read, as rows: its facts, and each of its attachments."""

from __future__ import annotations

from typing import Any

from segue.domain.files import file_name, kind_of
from segue.domain.mail import Attachment, Mail
from segue.store.attachments import new_attachment_id
from segue.store.database import as_json


def facts(mail_id: str, mail: Mail, linked_to: str | None) -> dict[str, Any]:
    return {
        "id": mail_id,
        "sender": mail.sender.address if mail.sender else "",
        "sender_name": mail.sender.name if mail.sender else "",
        "reply_to": mail.reply_to[0].address if mail.reply_to else "",
        "subject": mail.subject,
        "message_id": mail.message_id,
        "written_at": mail.at,
        "vouched": mail.authentication.vouches,
        "authentication": as_json(mail.authentication),
        "text": mail.text,
        "said": mail.said,
        "html": mail.html,
        "guessed": mail.guessed,
        "folds": as_json(mail.folds),
        "recipients": as_json({"to": mail.to, "cc": mail.cc}),
        "linked_to": linked_to,
    }


def attachment_row(mail_id: str, attachment: Attachment) -> dict[str, Any]:
    return {
        "id": new_attachment_id(),
        "mail_id": mail_id,
        "name": file_name(attachment.name),
        "type": attachment.type,
        "size": attachment.size,
        "kind": kind_of(attachment.body),
        "content_id": attachment.content_id,
        "body": attachment.body,
    }
