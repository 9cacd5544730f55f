"""Changes to accounts: roles given, devices signed in and out."""

from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts.lifetimes import KEPT
from app.accounts.models import Role, SignIn, User
from app.accounts.roles import PATIENT, ROLES
from app.core import clock
from app.core.catalogues import ENGLISH, known
from app.core.texts import one_line
from app.core.tokens import new_token, token_hash

PURPOSE = "sign-in"
SEEN_EVERY = timedelta(minutes=10)


def ensure_role(session: Session, name: str) -> Role:
    """The role's row, made when it is first needed; KeyError for a role that does not exist."""
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name, description=ROLES[name])
        session.add(role)
        session.flush()
    return role


def give_role(session: Session, user: User, name: str) -> None:
    if name not in user.role_names:
        user.roles.append(ensure_role(session, name))


def sign_up(session: Session, email: str, name: str, password_hash: str, language: str = ENGLISH) -> User:
    """The account of an address.

    A confirmed account stays as it is. An unconfirmed one is taken over by whoever signs up last: nobody has proved
    the address yet, and the password of an earlier stranger must not survive the real owner's click.
    """
    user = session.scalar(select(User).where(func.lower(User.email) == email.lower()))
    if user is None:
        user = User(email=email, fs_uniquifier=new_token())
        session.add(user)
        give_role(session, user, PATIENT)
    if user.confirmed_at is None:
        user.name, user.password, user.fs_uniquifier = tidy(name), password_hash, new_token()
        user.language = known(language)
    session.flush()
    return user


def confirm_address(session: Session, user_id: int) -> User:
    """The person has shown that the address is theirs."""
    user = session.get_one(User, user_id)
    user.confirmed_at = user.confirmed_at or clock.now()
    return user


def begin_sign_in(session: Session, user_id: int, device: str, *, second_factor: bool = False) -> str:
    """Remember a device that signed in; returns the key that its cookie keeps."""
    key = new_token()
    session.add(
        SignIn(user_id=user_id, key_hash=token_hash(PURPOSE, key), device=device[:80], second_factor=second_factor)
    )
    return key


def prove_second_factor(session: Session, key: str) -> None:
    """The person behind this sign-in has shown the second factor after it began: by setting up the first one."""
    session.execute(update(SignIn).where(SignIn.key_hash == token_hash(PURPOSE, key)).values(second_factor=True))


def forget_second_factor(session: Session, user_id: int) -> None:
    """The account has none any more: no sign-in counts as made with one."""
    session.execute(update(SignIn).where(SignIn.user_id == user_id).values(second_factor=False))


def take_second_factor_away(session: Session, user: User) -> None:
    """Codes, recovery codes and passkeys of somebody who lost them all; whoever runs the house has seen who they are."""
    user.tf_primary_method = user.tf_totp_secret = user.tf_last_counter = user.mf_recovery_codes = None
    user.webauthn.clear()
    end_all_sign_ins(session, user.id)


def end_sign_in(session: Session, key: str) -> None:
    session.execute(delete(SignIn).where(SignIn.key_hash == token_hash(PURPOSE, key)))


def end_sign_in_by_id(session: Session, user_id: int, sign_in_id: int) -> bool:
    """Sign one of the user's own devices out; False when there is no such device of theirs."""
    query = delete(SignIn).where(SignIn.id == sign_in_id, SignIn.user_id == user_id).returning(SignIn.id)
    return session.scalar(query) is not None


def end_all_sign_ins(session: Session, user_id: int, *, but_key: str | None = None) -> None:
    """Sign every device out, except the one that asks."""
    query = delete(SignIn).where(SignIn.user_id == user_id)
    if but_key is not None:
        query = query.where(SignIn.key_hash != token_hash(PURPOSE, but_key))
    session.execute(query)


def end_everybodys_sign_ins(session: Session) -> int:
    """Sign every device of everybody out; returns how many."""
    return len(session.scalars(delete(SignIn).returning(SignIn.id)).all())


def mark_seen(session: Session, sign_in_id: int) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def forget_old_sign_ins(session: Session) -> int:
    """Drop devices whose sign-in is over, however it was made; returns how many."""
    over = SignIn.created_at < clock.now() - KEPT.in_all
    gone = session.scalars(delete(SignIn).where(over).returning(SignIn.id))
    return len(gone.all())


def rename(session: Session, user_id: int, name: str) -> None:
    session.get_one(User, user_id).name = tidy(name)


def speak(session: Session, user_id: int, language: str) -> None:
    """Write to this person in a language from now on; in English where we do not know it."""
    session.get_one(User, user_id).language = known(language)


def tidy(name: str) -> str:
    return one_line(name)[:120]


def make_confirmed_user(
    session: Session, email: str, password_hash: str, roles: tuple[str, ...], name: str = ""
) -> User:
    """A user whose address needs no proof: the first admin, and the demo's sign-ins."""
    user = User(
        email=email.strip().lower(),
        name=name,
        password=password_hash,
        fs_uniquifier=new_token(),
        confirmed_at=clock.now(),
    )
    session.add(user)
    session.flush()
    for role in roles:
        give_role(session, user, role)
    return user
