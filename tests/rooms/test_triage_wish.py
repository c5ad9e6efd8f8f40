"""A person is had for the asking, in whatever words; and nobody gets one for merely mentioning one."""

from __future__ import annotations

import pytest
from tests.growth import reads_on

from segue.triage.phrasebook import listed
from segue.triage.said import Said
from segue.triage.wish import wish_for_person

ASKS_FOR_A_PERSON = """
please let somebody look at it
Please get somebody to fix this
I have to close our books by Friday, could someone finally take a look at this?
I want to talk to a human
i want to speak to a person
Can I speak to someone?
can i talk to a real person please
Let me talk to a human being
speak to an agent
Agent please
agent
HUMAN
human!!!
Representative
representative please.
Operator
real person
talk to a person
speak with someone
speak to a representitive
I need to speak with a reprsentative
reprsentative please
get me a huamn
i want a huamn being
can i speak to a persn
I'd like to talk to a real agnet
connect me to an agent
Please connect me with a live agent.
transfer me
transfer me to someone who can help
Transfer me to your manager
please transfer me to billing
put me through to someone
put me through to customer service please
Could you pass me on to a colleague?
hand me over to a person
is this a bot? get me a real person
Is this a bot? I'd rather talk to somebody real.
I don't want to talk to a machine
i dont want to talk to a bot
I do not want to speak with a robot, I want a human
stop sending me automated replies
no more bots please
I'm sick of talking to a chatbot
I am tired of this bot, get me someone real
You are a bot. I want a person.
not a bot please
can i call you
Can I call someone about this?
Call me
call me back
please call me
Could someone call me please?
Can somebody phone me back today?
I need a callback
Please give me a call
What's your phone number?
whats the number for customer service
Is there a number I can call?
Do you have a phone number I can ring?
I'd rather do this over the phone
can we discuss this on the phone
Can I talk to you on the phone?
your manager, please
I want to speak to your manager
let me speak to a supervisor
get me your supervisor now
I demand to speak with a manager
who is your boss
escalate this
please escalate
I would like this escalated
Escalate my case to someone with authority
I want to escalate this to a supervisor
someone higher up please
I need someone in charge
Is there anyone I can talk to?
is anyone real there?
Is there a human there
is there a real person i can chat with
are there any humans here
Any humans available?
anybody real there?
How do I talk to a person?
how can i speak with an actual human
How do I get hold of a human here?
how do i reach customer support
How can I contact customer service?
Who can I speak to about this?
Can a human help me with this?
Could a real person look at my case?
I would like a person to review this
Have a human look at it please
could you have somebody contact me
I need human assistance
i need a human
I need an agent
need a real person
want human
I'd prefer to deal with a person
I would rather speak to a human
I'd rather have a human handle this.
customer service please
live agent
live chat please
Live person now
I want live support
can I chat with a live person instead
can I get a human
can i get a representative on the line
May I please speak to somebody?
might I have a word with one of your colleagues
Could I have a word with a member of staff?
I wish to speak to a member of your team
I'd like to be connected to an advisor
I'd like to be put through to a specialist
I want to be transferred to a real person
Am I talking to a real person?
are you a real person
Are you human?
only a human can solve this
This needs a human.
someone real please
another agent please
a different agent please
Enough. Give me a human.
For the third time, get me a person!
just get me someone I can talk to
Why can't I talk to a person?
why is it so hard to speak to a human
there must be a way to speak to a human
I've been trying to reach a human for an hour
I have been asking for a real person for ten minutes
Hi, my card was declined twice. Could I speak to someone about it?
My payment failed again and the article did not help. I need to talk to somebody.
Thanks but I'd still like to talk to a human
ok, then connect me please
That does not help, pass me to an agent
This isn't working, can I please have a human
the bot doesn't understand me, let me speak to someone
You keep repeating yourself. Person please.
I need to discuss this with a person
can this be handled by a human
I'd like to speak to Mira's manager... or any manager
I want to complain to a manager
Can I speak to the fraud department?
put a human on
put someone on the phone
bring in a human
can you get someone from billing to call me
I need to get in touch with a real human being
i would like to get through to an advisor
speak to customer care
chat with support agent
hooman pls
i wanna talk 2 a human
wanna speak to someone
gimme a human
let me talk to someone who isn't a robot
I want to talk to someone who actually understands
real human now!!
can u connect me 2 an agent
may i talk with customer representative
need to talk to representative
Talk to agent
chat with a person
speak to human
Ich möchte mit einem Menschen sprechen
Mitarbeiter bitte
kann ich mit jemandem sprechen?
Bitte verbinden Sie mich mit einem Mitarbeiter
kein Bot, ich will einen echten Menschen
Je veux parler à un conseiller
parler à un humain
Je voudrais parler à quelqu'un
un conseiller svp
Quiero hablar con una persona
hablar con un agente
necesito un humano
un agente por favor
""".strip().splitlines()

MENTIONS_ONE = """
Someone used my card
someone has stolen my card
I sent money to a person
the person I sent it to did not get it
The person I sent money to says it never arrived.
I want to send money to another person
Can I send money to someone in France?
How many cards per person
How many agents can I add to the starter plan?
Do I need to speak to a representative to change my pin?
do i have to call someone to activate my card
Do I have to talk to someone to close my account?
Should I contact customer service first?
Will I need to speak to an agent for that?
Must I call you to unfreeze the card?
Is it necessary to speak to a person to get a refund?
can someone assist me with activating my card
Can someone help me?
can anyone help with a failed top up
could somebody explain the fee to me
Can somebody tell me why my transfer is pending?
I need someone to help me with my card
I need help from someone
Please can someone look into the missing refund
is someone able to tell me the exchange rate
My card was used by someone else
somebody took money from my account
Someone called me pretending to be from your bank
I got a call from someone asking for my PIN
A man called me and said he works for you
I spoke to someone yesterday and they said it was fixed
I spoke with an agent last week about this
I was talking to an agent and the chat closed
Your agent told me to wait three days
The representative said the refund was sent
The manager approved the refund already
An agent helped me yesterday, thank you!
Thanks, the agent solved it
My manager needs access to the workspace
How do I make someone a manager in the workspace?
How do I change my account manager?
Can I add my manager as an admin?
How do I add an agent to my team?
I want to invite a person to my project
I want to add a second person to my account
can I get a card for another person
Can I have a card for my wife
I need an agent account for testing
I need a manager account
How do I set an agent's working hours?
What does the human readable name field do?
Can I get a human readable export?
Does the widget let visitors talk to a person?
My customers want to talk to a human, how do I set that up?
How can users contact an agent in the widget?
Our users can't reach a representative since the update
When customers ask for a human, where does it go?
How does the bot hand over to an agent?
How do I build a bot?
How do I connect a bot to Slack?
The bot in our Slack workspace stopped posting
How do I turn on the chatbot for my site?
Can I change the bot's name?
I don't need to talk to anyone, just tell me the fee
I don't want to speak to a person, just fix it here
No need to call me
please don't call me
Do not call me, write instead
I would rather not talk to anyone on the phone
can I do this without calling anyone
Can I do it online without speaking to someone?
Is there a way to change it without talking to an agent?
How do I transfer money to someone?
transfer me the money back
When will you transfer my money?
I need to transfer money to a friend
My transfer to a person in Spain failed
Please transfer the domain to my other account
How do I connect my bank account?
connect me to the api docs
How do I escalate a task automatically in my workflow?
The issue escalated quickly on our side
How do escalation rules work?
How do I change my phone number?
I have a new phone number, where do I enter it?
My phone number is wrong in the profile
I lost my phone
What's the phone number format for Germany?
Can I call the API from the browser?
How many API calls can I make?
the call to the endpoint returns 500
why was I charged for the call?
Which number do you call me on for verification?
You can call me Ada
What is a user agent?
Which user agent does your crawler send?
Can I appoint a travel agent as a payee?
my estate agent wants proof of payment
I paid a letting agent and the payment is pending
The person at the shop said my card was declined
a person at the counter took my card
The operator of the ATM kept my card
The seller's representative wants a bank letter
I am a representative of Acme and need an invoice
I am the account manager at Acme, where is our invoice?
We hired a new person, how do I give them access?
Does a person under 18 get a card?
Which people can see my notes?
How many people can use one account?
Is there a fee per person?
Is there a limit on transfers to one person?
who should i contact if my refund doesn't go through?
Who sees my messages?
Who can use the shared card?
what is your name
what can you do
Can you help me?
I need help with my order
Could you please assist me
I need support for SAML single sign on
What is your support policy?
Do you support Apple Pay?
Which currencies do you support?
Is customer support included in the free plan?
What are your customer service hours?
I had to speak to three people last time and it still took a week
I was told to contact the merchant
I already contacted the seller
Should I contact the shop or you?
I tried contacting the merchant but they do not respond
I want to talk about my invoice
I would like to speak about the pricing change
let's talk about the refund
Can we talk about upgrading?
I want to get a real card
I want a live dashboard
Is live chat included in the enterprise plan?
How do I turn off live chat on my site?
Is there a chat widget for mobile?
I want to see the agent performance report
agent seats
manager approval is missing
person not found error
How do I delete a person from my contacts?
The human resources app does not sync
HR manager role permissions
I have a problem with the virtual agent license
How do I let somebody look at our invoices?
I want to let someone look at my reports
Can you let somebody know that we paid?
thanks for your help
hello
I am about to call the bank
""".strip().splitlines()


def wishes(text: str) -> bool:
    return wish_for_person(Said.of(text)).value


def test_a_wish_for_a_person_is_heard_in_any_words():
    assert len(ASKS_FOR_A_PERSON) >= 170
    assert [text for text in ASKS_FOR_A_PERSON if not wishes(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "Are you a bot?",
        "hey, anyone there?",
        "is anyone there?",
        "am I talking to a machine",
        "bin ich hier mit einem Roboter am Schreiben?",
    ],
)
def test_asking_whether_somebody_is_there_is_taken_for_a_wish_though_less_surely(text):
    wish = wish_for_person(Said.of(text))

    assert wish.value
    assert wish.sure < 0.9


@pytest.mark.parametrize(
    "text", ["My top up is missing... Representative!", "Card declined again. Agent please. Thank you."]
)
def test_a_single_word_that_is_a_sentence_of_its_own_is_a_wish(text):
    assert wishes(text)


def test_mentioning_a_person_is_no_wish_for_one():
    assert len(MENTIONS_ONE) >= 150
    assert [text for text in (*MENTIONS_ONE, *listed("mentions")) if wishes(text)] == []


def test_the_lists_that_judge_are_not_those_a_head_is_fitted_on():
    assert not {*ASKS_FOR_A_PERSON} & {*listed("wishes")}
    assert not {*MENTIONS_ONE} & {*listed("mentions")}


def test_the_words_of_the_wish_are_shown_as_the_customer_wrote_them():
    wish = wish_for_person(Said.of("The refund is missing. Could I SPEAK to a Reprsentative, please?"))

    assert wish.value
    assert wish.words == ("SPEAK to a Reprsentative",)


def test_a_long_message_of_asking_is_read_once_and_not_from_every_word_again():
    assert reads_on(wishes, "I would like to please just really want to talk to the the ")


@pytest.mark.parametrize("text", ["Not helpful\nHuman!", "Hilft nicht\nMensch!", "no\n\nagent please"])
def test_a_line_is_a_sentence_of_its_own(text: str) -> None:
    assert wishes(text)


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte eine Person entfernen",
        "Ich brauche einen Mitarbeiter hinzuzufügen",
        "Ich möchte einen Mitarbeiter als Nutzer anlegen",
    ],
)
def test_in_german_too_nobody_is_wished_for_with_whom_something_is_to_be_done(text: str) -> None:
    assert not wishes(text)
    assert wishes("Ich möchte bitte einen Mitarbeiter")
