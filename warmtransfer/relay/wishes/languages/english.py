"""English."""

from __future__ import annotations

from warmtransfer.relay.wishes.grammar import Grammar

_KIND = r"real|live|actual|human|living|proper|different|senior|available|nice|friendly|other"
_PERSON = (
    r"human being|human|person|someone(?: real| else| human)?|somebody|anyone|anybody|representative|rep|"
    r"operator|agent|colleague|manager|supervisor|advis[eo]r|receptionist|assistant|specialist|expert|"
    r"consultant|"
    r"technician|teammate|co-?worker|team member|staff member|member of (?:staff|the team|your team|"
    r"our team)|employee|boss|clerk|"
    r"sales ?(?:man|woman|person)|service rep"
)
_OFFICE = (
    r"(?:customer|technical|tech|client) (?:service|support|care|services)|sales|billing|support|accounts|"
    r"accounting|front desk|help ?desk|reception|switchboard|complaints|human resources|"
    r"(?:\w+ ){1,2}?(?:department|team|desk|office)|team|staff"
)
_WHO = (
    r"(?:(?:an?|the|your|our|one of (?:your|our|my|the)|some|any|another|of) ){0,3}"
    rf"(?:(?:{_KIND}) ){{0,2}}(?:(?:{_PERSON})s?|{_OFFICE})(?!['\w])"
)
_TALK = (
    r"(?:(?:speak|talk|chat|speaking|talking) (?:directly |again )?(?:to|with)|(?:have )?a (?:quick |"
    r"short |brief )?(?:word|chat|conversation) with|get (?:hold of|through to|in touch with)|reach|"
    r"deal with|be (?:connected|transferred|passed|put through|put in touch)(?: over)? (?:to|with))"
)
_WANT = (
    r"(?:can|can't|could|couldn't|may|might|let me|want|wanna|need|got to|gotta|have to|"
    r"(?:would|[a-z]+'d)(?: \w+){0,2}? (?:like|love)|"
    r"rather|prefer|wish|hoping|hope|trying|demand|insist|ask|asking|possible|able|chance|how|where|"
    r"who|please|just|must|"
    r"mind)"
)
_FOLLOWS = (
    r"(?= please| now| right| instead| immediately| asap| thanks| thank| on the (?:phone|line)| here| there|"
    r" to (?:talk|speak|help me|take over)| from| i (?:can|could) (?:talk|speak)| who (?:can|could) "
    r"help| not |$)"
)
_CONNECT = r"(?:connect|transfer|switch|forward|redirect|rout)(?:e|r?ing|t?ing|ed|red)?"

GRAMMAR = Grammar(
    code="en",
    marks=(
        "the a an i you your my me we our is are was am do does did don't can't can could would will i'm "
        "i'd i'll "
        "it's that's you're what when where how who why please thanks thank to of for with and or not "
        "want need "
        "like speak talk someone somebody there this that it in on at be have has just let get give put "
        "through "
        "yes okay sure hello hi no never any connect transfer connecting moment right away"
    ),
    who=_WHO,
    mine=r"my|one of my|one of our|our",
    asks=(
        rf"{_WANT}(?: [\w']+){{0,6}}? (?:escalate|pass|take|bring|raise|discuss|sort|settle|go over|talk|"
        rf"put) (?:[\w']+ ){{0,4}}?(?:to|with|by|before) {{who}}",
        r"(?:feel better|feel more comfortable|be happier|more comfortable|easier) (?:talking|speaking|"
        r"dealing) (?:to|with) {who}",
        r"(?:can|could|would|will) you(?: [\w']+){0,2}? (?:get|put|bring|have|call|find|fetch) {who} "
        r"(?:on|in|to the (?:phone|line)|to (?:talk|speak|help))",
        r"(?:you|they|you guys|there) (?:have|got|any) (?:any )?(?:humans|real people|people|actual "
        r"people|staff)(?: [\w']+){0,2}$",
        r"(?:hand|pass|switch|get|move) me (?:over|off|on|across)?(?: to|) {who}",
        r"(?:want|need|like|prefer|ask for|request|demand|require|speak|get) (?:to be )?(?:helped|served|"
        r"assisted|attended) by {who}",
        r"(?:have|got)(?: [\w']+){0,2}? {who} (?:that |who |whom )?(?:i|we) (?:can|could|may|might)(?: "
        r"[\w']+){0,2}? (?:talk|speak|chat)",
        r"(?:can|could|will|would) {who}(?: [\w']+){0,2}? (?:take (?:this|my|the|over)|handle (?:this|my))",
        rf"{_WANT}(?: [\w']+){{0,6}}? {_TALK}(?: [\w']+){{0,2}}? {{who}}",
        rf"^(?:(?:hi|hello|um|uh|well|so|okay|please) ){{0,3}}{_TALK} {{who}}",
        r"(?:connect|transfer|transferr|switch|redirect|forward|patch|rout|get|bring|pass|mov)(?:e|ing|"
        r"ting)? me(?: (?:through|over|on|across|straight|directly))?(?: [\w']+){0,3}? (?:to|with) {who}",
        r"(?:connect|transfer) me(?= please| now| right|$)(?! to)",
        r"(?:get|getting|patch) me (?:through|over) to {who}",
        r"put(?:ting)? me (?:straight |right |back )?(?:through|on (?:to|with)|in touch with)",
        r"be put (?:straight )?through",
        r"(?:pass|hand) me (?:over |on )?to {who}",
        rf"(?:want|need|get me|give me|bring me|find me|fetch me|i'd like|would like|prefer|rather have|"
        rf"have) "
        rf"{{who}}{_FOLLOWS}",
        rf"can you (?:please )?(?:get|fetch|find) {{who}}{_FOLLOWS}",
        r"(?:can|could) i (?:please )?(?:have|get) {who}" + _FOLLOWS,
        r"(?:is|isn't|are|aren't) there (?:not )?{who}(?: [\w']+){0,3}? (?:(?:i|we) (?:can|could|may)|to|"
        r"who|available"
        r"|working)(?: [\w']+){0,4}? ?(?:talk|speak|take my call|help me|there|here|connect|$)",
        r"(?:is|isn't|are|aren't) there {who}(?: there| here| available)$(?<!anyone there)(?<!anybody there)"
        r"(?<!someone there)(?<!somebody there)",
        r"(?:have|are there|get) (?:any )?(?:real |actual |live )?people(?= (?:i|we) can| to (?:talk|"
        r"speak)| there| working)",
        r"don't you have {who}|do you have {who} (?:there|here|available|(?:that )?i can)",
        r"(?:is|isn't) {who} (?:available|free)(?: [\w']+){0,2} (?:talk|speak|help me)",
        r"(?:can|could|may|would|will) {who}(?: from [\w' ]{2,20}?)? (?:please )?(?:talk|speak) (?:to|"
        r"with) (?:me|us)",
        r"let {who} (?:handle|take|do|deal|help)",
        r"asked for {who}(?: [\w']+){0,2}$",
        r"complain to {who}",
    ),
    bare=(
        r"with|please|now|just|no|hello|hi|hey|sorry|thanks|um|uh|a|an|the|i|said|to|your|only|yes|okay|"
        r"thank you"
    ),
    mentions=(
        r"do (?:i|we) (?:have|need) to|am i|are you|was told|(?:he|she|they|who) wanted to|used to|did "
        r"you|do i need"
    ),
    nots=(
        r"don't|dont|do not|can't|cannot|can not|couldn't|unable|doesn't|didn't|did not|not|no|never|"
        r"without|rather than|instead of|won't|wouldn't|"
        r"would not|can't stand|hate|needn't"
    ),
    turns=(
        r"but|just|only|so|then|please(?! (?:do not|don't))|because|can you|could you|can i|could i|i "
        r"want|i need|"
        r"i'd like|let me|get me|give me"
    ),
    asking=(
        r"don't you|haven't you|isn't there|aren't there|can't i|couldn't i|can't you|why (?:can't|won't|"
        r"don't|not)|why can i not"
    ),
    refuses=(
        r"(?:don't|do not|no) (?:need|want)(?: to be| a| any)? (?:transferred|connected|transfer|handoff|"
        r"put through)",
        r"(?:don't|do not|never|wouldn't)(?: [\w']+){0,2}? (?:want|need|wish|like)(?: [\w']+){0,5}? {who}",
        r"never ?mind|forget (?:it|that|about it)",
        r"(?:don't|do not|not|never|without|rather not|no need to)(?: [\w']+){0,3}? (?:transfer|connect|"
        r"put|pass|hand|"
        r"switch)(?:ing)? (?:me|you)\b",
        r"rather you didn't|(?:no|without|not) {who}",
    ),
    no=r"(?:no|nope|nah|not)(?! (?:problem|worries|objection))",
    noes=(
        r"not (?:right )?now|no need|(?:not|won't be|isn't) (?:necessary|needed|required)|maybe later|not "
        r"yet|"
        r"never ?mind|forget (?:it|that|about it)|i'm (?:good|fine|all right|okay)|rather not|don't "
        r"bother|please don't|stay with you|keep talking to you|carry on with you|not for now|changed my "
        r"mind|"
        r"don't want (?:that|to)|please don't|do it myself|some other time|another time"
    ),
    yes=(
        r"yes|yeah|yep|yup|ya|sure|ok|okay|absolutely|definitely|certainly|of course|go ahead|why not|all "
        r"?right|"
        r"fine|great|perfect|good idea|that would|that'd|that sounds|sounds|do (?:it|that|so)|please(?: "
        r"do)?$|"
        r"please (?:do|go)|i would(?: like that| love that)?$|i do$|i'd (?:like|love|appreciate) (?:that|"
        r"it)|uh huh|mm hmm|by all means|you can|you may"
    ),
    handoffs=(
        r"hand(?:ing)? you off|(?:leave|leaving) you (?:with|to) {who}|have you (?:talking|speaking) "
        r"(?:to|with)",
        r"(?:reach|reaching|trying to reach|try to reach|try to get|try|check with|look for|looking for|"
        r"contact|contacting|reach out to|reaching out to|get hold of|call|dial|ring|ringing|calling|"
        r"dialling|dialing) (?:you )?{who}(?= for you| to (?:join|talk|speak|take|help)| who| so (?:that "
        r")?(?:they|he|she)| now| right|$)",
        r"(?:reach|reaching|reach out|reaching out|calling|call|ringing|ring|getting|get)(?: to)? \w+(?: "
        r"right)?(?: now)?(?: so| to)(?: that)?(?: they| he| she)? (?:can |will )?(?:join|talk|take|speak)",
        r"patch(?:ing)? (?:you|your call|the call) (?:through|over|in)",
        r"(?:ask|asking|asked)(?: for)? (?:{who}|\w+) to (?:join|take (?:over|your|the|this)|pick up|come "
        r"on|speak (?:to|with) you|talk to you)",
        r"(?:get|getting|find|finding|grab|grabbing|fetch|bring|bringing) (?:you )?{who} of (?:mine|ours)",
        rf"{_CONNECT} (?:you|your call|the call|this call)(?! (?:cost|charge|fee|bill))",
        r"putting? (?:you|your call|the call) (?:straight |right |directly |back )?(?:through|in touch)|"
        r"put (?:you|your call|the call) (?:straight |right |directly |back )?(?:through|in touch)",
        r"(?:hand|pass)(?:ing)? (?:you|your call|the call|this call) (?:over|on|along|straight|back|to)",
        r"(?:hand|pass)(?:ing)? (?:this|it|things) (?:over|on|along)? ?to {who}",
        r"(?:get|getting|find|finding|fetch|fetching|bring|bringing|grab|grabbing|reach|reaching|call|"
        r"calling) "
        r"(?:you |in |up |for you )?{who}(?= for you| to (?:help|talk|speak|take|assist|join)| who| that| "
        r"on the "
        r"(?:line|phone)| on$| in$| in on| onto| into| right| now| straight| please|$)",
        r"(?:get|getting|have|bring|put|putting) [\w']+ (?:on the (?:line|phone)|into (?:this|the) "
        r"call)(?: for you)?",
        rf"{_CONNECT} (?:the two of you|you two|you both|both of you)",
        r"(?:you'll|you will|you're going to) (?:now )?(?:be )?(?:speak|talk)(?:ing)? (?:to|with) {who}",
        r"get(?:ting)? you (?:through|over|connected|transferred|to {who})",
        r"{who}(?: from [\w' ]{2,20}| in [\w' ]{2,20})? (?:will|is going to|'ll|is about to|can) (?:be "
        r"(?:right |here )?"
        r"(?:with you|on the line)|join|take over|take your call|pick up|come on the line)",
        r"(?:you are|you're|you will be|you'll be|your call is|i'll have you) (?:now |just )?(?:being "
        r")?(?:now )?"
        r"(?:connected|transferred|put through|passed|handed over|forwarded)",
        r"have {who}(?: from [\w']+| in [\w']+)? (?:join|take over|take your call|speak (?:to|with) you|"
        r"talk (?:to|with)"
        r" you|come on)",
        r"(?:see|check|find out) (?:who|whether|if)(?: [\w']+){0,6}? (?:is |are |'s )?(?:free|available)",
        r"who's (?:free|available)",
        r"^(?:now )?(?:connecting|transferring)(?: now| to|$)",
    ),
    talks=(
        r"(?:get|find|fetch|bring|call|grab) (?:you )?{who}(?: from [\w' ]+)?$",
        r"(?:discuss|go over|sort|handle|do) (?:it|this|that)? ?with {who}|(?:get|bring|have) {who} (?:on|"
        r"in|to)",
        r"{who}(?: to)? (?:help|assist|take over|look at)|{who} (?:join|joined)|chat with {who}|(?:being|"
        r"be) (?:connected|transferred|put through)",
        r"(?:talk|talking|speak|speaking|chat) (?:to|with) {who}",
        r"(?:prefer|like|want|rather have) {who}(?= to |$| instead)",
        r"{who} (?:to )?(?:take over|join us|take this)",
    ),
    perhaps=(
        r"if (?:you|that|it|need)|if you'd|whenever you|i can|i could|we can|we could|can also|could also|"
        r"able to|"
        r"happy to|glad to|would you|do you want|shall|should i|or i can|unless you|in case you|just say|"
        r"you'd like|you would like|may i|want me to|might|if needed|if necessary"
    ),
    ifs=r"if|whenever|unless|in case|just (?:say|tell)|let me know|say the word|say so",
    questions=(
        r"would|shall|should|do you|may i|can i|could i|want me|is it|are you|how about|what about|why don't|"
        r"will you|did you"
    ),
    agreed=(
        r"is that|would that|sound good|okay|all right|alright|does that|shall i|would you like|may i|"
        r"agreed"
    ),
    stays=(
        r"(?:nobody|no one|none|no {who}) (?:[\w']+ ){0,4}?(?:free|available|here|reach|reachable|there)",
        r"help(?:ing)? you (?:with (?:that|it|this) )?(?:myself|on my own)",
        r"(?:go on|keep|keep on|continue|carry on|continue to) help(?:ing)?",
        r"(?:there's|there is) (?:no one|nobody|no {who})|no (?:transfer|handoff|connection)|no {who} can|"
        r"(?:can|will|'ll) help you myself|no need to (?:transfer|connect)|stay with you",
    ),
    later=(
        r"back (?:to you )?(?:tomorrow|later|soon|today)|call(?:s|ing)? you|ring(?:s|ing)? you|phones? "
        r"you|e ?mail|"
        r"writes? you|tomorrow|on (?:mon|tues|wednes|thurs|fri|satur|sun)day|next week|repair|fix|deliver|"
        r"come (?:by|to|and)"
    ),
    idle=r"do not hang up|don't hang up|don't worry|no problem|no worries|not a problem|don't go away",
    leaves=(
        r"(?:don't|do not|dont) (?:really )?(?:want|wish|like|need|have time) to (?:wait|hold|stay)(?: on)?"
        r"(?: any ?(?:longer|more)| here| on (?:the line|the phone|hold)| in (?:the|this|a) "
        r"(?:line|queue)| now)*$",
        r"(?:can't|cannot|can not|won't|will not|i'm not going to|not going to) (?:wait|hold|stay)(?: on)?"
        r"(?: any ?(?:longer|more)| here| on (?:the line|the phone|hold)| in (?:the|this) "
        r"(?:line|queue)| now)*$",
        r"rather not (?:wait|hold)",
        r"(?:leave|get out of|get off|out of|take me (?:out of|off)|remove me from) (?:the|this) "
        r"(?:line|queue)",
        r"(?:stop|tired of|sick of|no more) waiting$",
    ),
)
