from stories.test_mail import *
from stories.test_mail import post
from mail.writing import mail
N=[0]
def ask(post,text,sent=None,sender=NADIA,subject="My invoice"):
    N[0]+=1
    more={}
    to=OURS
    if sent is not None:
        more={"In_Reply_To":sent["Message-ID"]}; to=sent["Reply-To"] or OURS
        q="\n".join("> "+l for l in text_of(sent).splitlines())
        text=f"{text}\n\nOn Mon, Mar 2, 2026 at 10:00, Support <{OURS}> wrote:\n{q}\n"
        subject=sent["Subject"]
    post.arrives(mail(text,sender,subject=subject,message_id=f"<x{N[0]}@elsewhere.example>",Authentication_Results=VOUCHED,**more),to=to)
    out=post.minute_passes()
    print("--", repr(text[:60]), post.stage.conversation[-6:], post.stage.action, post.stage.handler, post.stage.row["status"], [ (m["author"],m["body"][:70]) for m in post.house.conversations.thread(post.stage.conversation)][-2:], "SENT", [text_of(m)[:300] for m in out], post.suspended)
    return out
def test_explore(post):
    for t in ("Invoice question","billing","I cannot sign in","How do I change my plan?","My invoice","problem with users","Export does not work","password","It does not work","seats","How do I change it?","card", "tax on my invoice", "I need the receipt", "change billing", "switch plan or seats"):
        N[0]+=1
        post.arrives(mail(t,f"P{N[0]} <p{N[0]}@birchwood-studio.example>",subject="",message_id=f"<e{N[0]}@x>",Authentication_Results=VOUCHED))
        a=post.stage.turn["answer"]
        print("##",t,"|",post.stage.action,a["kind"] if a else None,(a or {}).get("options"))
    print("=== not helped")
    s=ask(post,"Why is my invoice higher this month?")
    s=ask(post,"That did not help. It is still too high.",s[-1])
    print(post.stage.briefing["tried"], post.stage.handoff_reasons)
    print("=== two matters")
    s=ask(post,"Why is my invoice higher this month? Also, how do I reset my password?",sender="Ada <a2@birchwood-studio.example>")
    print("=== wish")
    s=ask(post,"How do I reset my password?",sender="Ada <a3@birchwood-studio.example>")
    s=ask(post,"Can I please talk to a human?",s[-1],sender="Ada <a3@birchwood-studio.example>")
    print("=== sour")
    s=ask(post,"How do I invite a colleague?",sender="Ada <a4@birchwood-studio.example>")
    s=ask(post,"THIS IS RIDICULOUS!!! Nobody helps, I have asked three times, this is a joke!",s[-1],sender="Ada <a4@birchwood-studio.example>")
    print(post.stage.handoff_reasons)
    print("=== thanks")
    s=ask(post,"How do I invite a colleague?",sender="Ada <a5@birchwood-studio.example>")
    s2=ask(post,"Thank you, that helped!",s[-1],sender="Ada <a5@birchwood-studio.example>")
    s3=ask(post,"Thanks a lot, have a nice day!",s[-1],sender="Ada <a5@birchwood-studio.example>")
    print(post.stage.row["status"],post.stage.row["episode"])
    s3=ask(post,"Thanks. But one more thing: how do I reset my password?",s[-1],sender="Ada <a5@birchwood-studio.example>")
    assert 0
