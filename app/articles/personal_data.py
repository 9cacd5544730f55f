"""What articles hold about a person: only who listed one that stands elsewhere."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.actors import ERASED, acts_of
from app.accounts.models import User
from app.articles.models import ExternalArticle


def erase(session: Session, user: User) -> None:
    """The article stays, without saying who listed it."""
    session.execute(
        update(ExternalArticle).where(ExternalArticle.added_by.in_(acts_of(user.id))).values(added_by=ERASED)
    )
