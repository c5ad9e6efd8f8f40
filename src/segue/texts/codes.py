"""Words of closed lists. Records and the API hold them as they stand here; a page shows them by `word`.

A category, a tier or a topic of somebody's own is not among them, and stays as it was named.
"""

from __future__ import annotations

from segue.texts import N_

CONVERSATIONS = (
    N_("open"), N_("waiting"), N_("resolved"), N_("chat"), N_("email"), N_("form"), N_("api"), N_("assistant"),
    N_("human"), N_("customer"), N_("system"), N_("conversation"), N_("message"),
)  # fmt: skip
NOTICED = (
    N_("low"), N_("normal"), N_("high"), N_("critical"), N_("simple"), N_("moderate"), N_("yes"), N_("no"),
    N_("none"), N_("off"), N_("on"), N_("any"), N_("always a person"), N_("intent"), N_("urgency"),
    N_("frustration"), N_("complexity"), N_("novelty"), N_("confidence"), N_("Intent"), N_("Urgency"),
    N_("Frustration"), N_("Complexity"), N_("none of these"), N_("near an unopened intent"),
    N_("said not to be it"), N_("not read"),
    N_("only a greeting"), N_("only thanks or goodbye"), N_("wish for a person"), N_("asked before"),
    N_("language"), N_("tier"), N_("verified"), N_("page"), N_("threshold"), N_("topic legal"),
    N_("topic security"), N_("topic privacy"), N_("topic cancellation"), N_("topic payment dispute"),
    N_("topic harm"), N_("legal"), N_("security"), N_("privacy"), N_("cancellation"), N_("payment dispute"),
    N_("harm"), N_("regulator complaint"), N_("topic regulator complaint"),
)  # fmt: skip
DRIVERS = (
    N_("a long message"), N_("a story with a past"), N_("several matters at once"), N_("several questions"),
    N_("events in a sequence"), N_("several parties involved"), N_("the shape of a formal complaint"),
    N_("facts that contradict each other"), N_("something only a person can look up"),
    N_("many amounts, dates or ids"), N_("many turns already"), N_("more than one likely meaning"),
    N_("no clear meaning"), N_("unlike anything known"),
)  # fmt: skip
"""What makes a matter complex."""
LISTENED_FOR = (
    N_("names a lawyer"), N_("speaks of court"), N_("claims a breach"), N_("says an account was taken"),
    N_("saw what they did not do"), N_("reports a weakness"), N_("speaks of fraud"), N_("lost a secret"),
    N_("names a privacy law"), N_("wants data deleted"), N_("wants to see the data"), N_("wants to be forgotten"),
    N_("saw another person's data"), N_("wants to end the contract"), N_("orders the end of the contract"),
    N_("does not want to renew"), N_("is leaving"),
    N_("disputes a charge"), N_("goes through the bank"), N_("refuses to pay"), N_("may harm themselves"),
    N_("threatens others"), N_("was hurt"), N_("is threatened or abused"), N_("names an authority"),
    N_("will report us"), N_("complains formally"), N_("found a hole"), N_("tells of a stranger"),
    N_("did not sign in"), N_("speaks of the law in German"), N_("reports a weakness in German"),
    N_("says in German an account was taken"), N_("tells in German of a stranger"),
    N_("saw in German what they did not do"), N_("speaks of fraud in German"), N_("lost a secret in German"),
    N_("wants data deleted or seen in German"), N_("saw in German another person's data"),
    N_("wants to end the contract in German"), N_("does not want to renew in German"),
    N_("disputes a charge in German"), N_("may harm themselves in German"),
    N_("was hurt or threatened in German"), N_("names an authority in German"),
)  # fmt: skip
"""The rules of the built-in topics, by name."""
FACTS = (
    N_("url"), N_("email"), N_("amount"), N_("date"), N_("version"), N_("id"), N_("phone"), N_("account"),
    N_("plan"), N_("browser"), N_("device"), N_("since"), N_("time"), N_("deadline"), N_("number"), N_("name"),
    N_("file"), N_("error"), N_("issue"), N_("page"),
)  # fmt: skip
ANSWERS = (N_("answer"), N_("question"), N_("courtesy"), N_("abstention"))
OUTCOMES = (
    N_("offered"), N_("contained"), N_("confirmed"), N_("assumed"), N_("durable"), N_("verified"),
    N_("reopened"), N_("wrong"), N_("right"), N_("unknown"),
)  # fmt: skip
DONE = (
    N_("Approved"), N_("Rejected"), N_("Open"), N_("Stale"), N_("Merged"), N_("Named"), N_("Dismissed"),
    N_("Agreed"), N_("Confirmed"), N_("Answered"), N_("Withdrawn"), N_("named"), N_("dismissed"), N_("filed"),
    N_("approved"), N_("rejected"), N_("agreed"), N_("answered"),
)  # fmt: skip
RUNGS = (N_("route"), N_("shadow"), N_("suggest"), N_("approve"), N_("auto with hold"), N_("auto"))
ROLES = (N_("agent"), N_("lead"), N_("admin"), N_("analyst"))
STARTERS = (N_("cautious"), N_("balanced"), N_("bold"))
LEVELS = (N_("error"), N_("warning"), N_("note"))
BASES = (N_("observed"), N_("replayed"), N_("modelled"))
CHANNELS = {"chat": N_("Chat"), "email": N_("E-mail"), "form": N_("Form"), "api": N_("API")}
"""As a heading or a field says them."""
REASONS = (
    N_("asked for person"), N_("always human topic"), N_("always human category"), N_("unverified customer"),
    N_("frustrated"), N_("complex"), N_("urgent"), N_("important customer"), N_("too many turns"),
    N_("other language"), N_("unknown matter"), N_("unopened intent"), N_("no grounds"), N_("stale article"),
    N_("already said"), N_("rung too low"), N_("awaits approval"), N_("held out"), N_("too little evidence"),
    N_("low confidence"), N_("not considered"), N_("assistant off"), N_("person has it"),
    N_("taken by person"),
)  # fmt: skip
RECORDED = (
    N_("policy"), N_("boundary"), N_("offer"), N_("article"), N_("candidate"), N_("topic"), N_("head"),
    N_("encoder"), N_("evidence"),
    N_("contact"), N_("key"), N_("macro"), N_("view"), N_("rate"), N_("widget"), N_("tag"), N_("teams"), N_("mail"),
    N_("catalogue"),
    N_("invite"), N_("session"), N_("second step"), N_("recovery codes"), N_("recovery code"), N_("passkey"),
    N_("provider"),
)  # fmt: skip
WEEK = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
SHORT_WEEK = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
PROMISES = (N_("First response"), N_("Next response"), N_("Resolution"))
