CREATE TABLE public.warmtransfer_attempt (
    call_id character varying NOT NULL,
    n integer NOT NULL,
    handoff integer NOT NULL,
    name character varying NOT NULL,
    number character varying NOT NULL,
    style character varying NOT NULL,
    call_sid character varying NOT NULL,
    outcome character varying,
    answered_by character varying NOT NULL,
    sip character varying NOT NULL,
    ended boolean NOT NULL,
    dialled_at double precision DEFAULT 0 NOT NULL,
    answered_at double precision DEFAULT 0 NOT NULL,
    accepted_at double precision DEFAULT 0 NOT NULL,
    joined_at double precision DEFAULT 0 NOT NULL,
    ended_at double precision DEFAULT 0 NOT NULL
);
CREATE TABLE public.warmtransfer_call (
    id character varying NOT NULL,
    stage character varying NOT NULL,
    caller_sid character varying NOT NULL,
    state json NOT NULL,
    alarm_at double precision DEFAULT 0 NOT NULL,
    started_at double precision DEFAULT 0 NOT NULL,
    updated_at double precision DEFAULT 0 NOT NULL
);
CREATE TABLE public.warmtransfer_journal (
    id bigint NOT NULL,
    call_id character varying NOT NULL,
    at double precision DEFAULT 0 NOT NULL,
    event character varying NOT NULL,
    data json NOT NULL,
    before character varying NOT NULL,
    after character varying NOT NULL
);
CREATE SEQUENCE public.warmtransfer_journal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.warmtransfer_journal_id_seq OWNED BY public.warmtransfer_journal.id;
CREATE TABLE public.warmtransfer_outbox (
    id bigint NOT NULL,
    call_id character varying NOT NULL,
    journal_id bigint,
    "order" json NOT NULL,
    at double precision DEFAULT 0 NOT NULL,
    done_at double precision DEFAULT 0 NOT NULL,
    result character varying DEFAULT ''::character varying NOT NULL,
    lease_owner character varying DEFAULT ''::character varying NOT NULL,
    lease_until double precision DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.warmtransfer_outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.warmtransfer_outbox_id_seq OWNED BY public.warmtransfer_outbox.id;
CREATE TABLE public.warmtransfer_transcript (
    id bigint NOT NULL,
    call_id character varying NOT NULL,
    at double precision DEFAULT 0 NOT NULL,
    who character varying NOT NULL,
    text character varying NOT NULL
);
CREATE SEQUENCE public.warmtransfer_transcript_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.warmtransfer_transcript_id_seq OWNED BY public.warmtransfer_transcript.id;
ALTER TABLE ONLY public.warmtransfer_journal ALTER COLUMN id SET DEFAULT nextval('public.warmtransfer_journal_id_seq'::regclass);
ALTER TABLE ONLY public.warmtransfer_outbox ALTER COLUMN id SET DEFAULT nextval('public.warmtransfer_outbox_id_seq'::regclass);
ALTER TABLE ONLY public.warmtransfer_transcript ALTER COLUMN id SET DEFAULT nextval('public.warmtransfer_transcript_id_seq'::regclass);
INSERT INTO public.warmtransfer_attempt VALUES ('050e304bfccf4bef24219148', 3, 1, 'kim', '+15550100002', 'screen', 'CAa4f61ba97a644e78aa73aeec1035fda3', 'accepted', 'human', '200', true, 1795983191.534612, 1795983196.8542955, 1795983202.418918, 1795983202.7067077, 1795983223.4926803);
INSERT INTO public.warmtransfer_attempt VALUES ('ecbd3236d275753d6a7d9cb1', 1, 1, 'sam', '+15550100001', 'screen', 'CA0a9026a6c85546f5a4e581c23671b05e', 'busy', '', '486', true, 1795983175.156338, 0, 0, 0, 1795983176.2473094);
INSERT INTO public.warmtransfer_attempt VALUES ('0f4144c5cd0c90af05f1b7e2', 1, 1, 'eve', '+15550100009', 'screen', '', NULL, '', '', false, 1795983233.4013295, 0, 0, 0, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('c4dd25076cc415e081e96bfe', 1, 1, 'zoe', '+15550100007', 'screen', 'CA37a9971850c14d03a8cb0eb13c713995', NULL, 'human', '', false, 1795983230.6541994, 1795983232.0605726, 0, 0, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('050e304bfccf4bef24219148', 1, 1, 'ann', '+15550100005', 'announce', 'CA4ce3cc4c29024102996688ae469204b1', 'machine', 'machine_start', '200', true, 1795983180.665923, 1795983186.1498566, 0, 0, 1795983188.8941336);
INSERT INTO public.warmtransfer_attempt VALUES ('050e304bfccf4bef24219148', 2, 1, 'sam', '+15550100001', 'screen', 'CA29f11efbf23e4055b374abb3be367976', 'busy', '', '486', true, 1795983188.8941336, 0, 0, 0, 1795983191.534612);
INSERT INTO public.warmtransfer_attempt VALUES ('2722f258341fb7f44f85a884', 1, 1, 'max', '+15550100004', 'screen', 'CAc26d983a102b434589072b777aa6a2a5', NULL, '', '', false, 1795983202.0338502, 0, 0, 0, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('8ebc792631185cc11586d844', 1, 1, 'rob', '+15550100006', 'redirect', 'CA4ece625cea21426badc83f8abccaa860', NULL, '', '', false, 1795983203.9323611, 0, 0, 0, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('6a4677177079ef1c2919c3ab', 1, 1, 'sam', '+15550100001', 'screen', 'CAc171c15c2f1f4cf99a8229a8da770f9c', 'busy', '', '486', true, 1795983208.1353664, 0, 0, 0, 1795983208.6434367);
INSERT INTO public.warmtransfer_attempt VALUES ('6a4677177079ef1c2919c3ab', 2, 1, 'kim', '+15550100002', 'screen', 'CA7b77631c35ec4e4dacf7c7bb1afe0da6', 'accepted', 'human', '', false, 1795983208.6434367, 1795983210.7097468, 1795983216.5806842, 1795983217.0531213, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('52dc62665ae0d50a34f2d311', 1, 1, 'vic', '+15550100008', 'screen', 'CAfaa795047c134df1948d1ce35acfa5cf', 'accepted', 'human', '', false, 1795983213.476029, 1795983214.9405017, 1795983219.2528825, 1795983219.316981, 0);
INSERT INTO public.warmtransfer_attempt VALUES ('ecbd3236d275753d6a7d9cb1', 2, 1, 'kim', '+15550100002', 'screen', 'CAa6d67223d2dd42acb315bd3371dd49ff', 'accepted', 'human', '200', true, 1795983176.2473094, 1795983177.9972792, 1795983187.4666753, 1795983188.053811, 1795983222.6950836);
INSERT INTO public.warmtransfer_call VALUES ('2722f258341fb7f44f85a884', 'ringing', 'CAca23568b8fe64f50a62db5306d9b3db8', '{"id": "2722f258341fb7f44f85a884", "stage": "ringing", "caller_sid": "CAca23568b8fe64f50a62db5306d9b3db8", "caller": "+15550170005", "called": "+15550100000", "rooms": 1, "room_sid": "CF1926a5b8e8e34e0fb39127e18422df61", "ai": {"k": 1, "state": "up", "call_sid": "CAb6ddcc419b3c434e92c5d76b1a8d607c", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "max", "reason": "", "summary": "Somebody rings from the harbour."}, "attempts": [{"n": 1, "handoff": 1, "name": "max", "number": "+15550100004", "style": "screen", "call_sid": "CAc26d983a102b434589072b777aa6a2a5", "outcome": null, "answered_by": "", "briefed": false, "ended": false, "dialled_at": 1795983202.0338502, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 0.0, "sip": ""}], "at": 1795983202.4166968, "alarm": 7, "alarm_at": 1795983277.4166968, "comforted_until": 0.0, "laps": 0, "news": "", "stray": "", "started_at": 1795983194.9046147, "ended_at": 0.0}', 1795983277.4166968, 1795983194.9046147, 1795983202.4166968);
INSERT INTO public.warmtransfer_call VALUES ('ecbd3236d275753d6a7d9cb1', 'over', 'CA7992763770bf41359e457aefb25501a9', '{"id": "ecbd3236d275753d6a7d9cb1", "stage": "over", "caller_sid": "CA7992763770bf41359e457aefb25501a9", "caller": "+15550170001", "called": "+15550100000", "rooms": 1, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "ai": {"k": 1, "state": "absent", "call_sid": "", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "sam", "reason": "A bill", "summary": "The bill of March is wrong. They want to talk about it."}, "attempts": [{"n": 1, "handoff": 1, "name": "sam", "number": "+15550100001", "style": "screen", "call_sid": "CA0a9026a6c85546f5a4e581c23671b05e", "outcome": "busy", "answered_by": "", "briefed": false, "ended": true, "dialled_at": 1795983175.156338, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 1795983176.2473094, "sip": "486"}, {"n": 2, "handoff": 1, "name": "kim", "number": "+15550100002", "style": "screen", "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff", "outcome": "accepted", "answered_by": "human", "briefed": false, "ended": true, "dialled_at": 1795983176.2473094, "answered_at": 1795983177.9972792, "accepted_at": 1795983187.4666753, "joined_at": 1795983188.053811, "ended_at": 1795983222.6950836, "sip": "200"}], "at": 1795983227.669995, "alarm": 16, "alarm_at": 0.0, "comforted_until": 0.0, "laps": 1, "news": "", "stray": "", "started_at": 1795983167.9424536, "ended_at": 1795983219.6533263}', 0, 1795983167.9424536, 1795983227.669995);
INSERT INTO public.warmtransfer_call VALUES ('c4dd25076cc415e081e96bfe', 'briefing', 'CA8dbde0ed0e4a44d8a958a421939ca756', '{"id": "c4dd25076cc415e081e96bfe", "stage": "briefing", "caller_sid": "CA8dbde0ed0e4a44d8a958a421939ca756", "caller": "+15550170009", "called": "+15550100000", "rooms": 1, "room_sid": "CF1660606076a9407696d088080049dcec", "ai": {"k": 1, "state": "up", "call_sid": "CAb0576f951d5844da9cde84fc50deeb5b", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "zoe", "reason": "", "summary": "They want to give notice."}, "attempts": [{"n": 1, "handoff": 1, "name": "zoe", "number": "+15550100007", "style": "screen", "call_sid": "CA37a9971850c14d03a8cb0eb13c713995", "outcome": null, "answered_by": "human", "briefed": false, "ended": false, "dialled_at": 1795983230.6541994, "answered_at": 1795983232.0605726, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 0.0, "sip": ""}], "at": 1795983233.531402, "alarm": 8, "alarm_at": 1795983292.0605726, "comforted_until": 0.0, "laps": 0, "news": "", "stray": "", "started_at": 1795983227.2936733, "ended_at": 0.0}', 1795983292.0605726, 1795983227.2936733, 1795983233.531402);
INSERT INTO public.warmtransfer_call VALUES ('0f4144c5cd0c90af05f1b7e2', 'ringing', 'CA5a32bba80d8a41008f501ab1245b0216', '{"id": "0f4144c5cd0c90af05f1b7e2", "stage": "ringing", "caller_sid": "CA5a32bba80d8a41008f501ab1245b0216", "caller": "+15550170008", "called": "+15550100000", "rooms": 1, "room_sid": "CF33c3fb97c7bb4b1085cd52f13cccb55b", "ai": {"k": 1, "state": "up", "call_sid": "CAcec8af4c062c43319c61152c85db8763", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "eve", "reason": "Open", "summary": "Nobody knows whether this one was dialled."}, "attempts": [{"n": 1, "handoff": 1, "name": "eve", "number": "+15550100009", "style": "screen", "call_sid": "", "outcome": null, "answered_by": "", "briefed": false, "ended": false, "dialled_at": 1795983233.4013295, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 0.0, "sip": ""}], "at": 1795983233.4013295, "alarm": 4, "alarm_at": 1795983308.4013295, "comforted_until": 0.0, "laps": 0, "news": "", "stray": "", "started_at": 1795983223.1633697, "ended_at": 0.0}', 1795983308.4013295, 1795983223.1633697, 1795983233.4013295);
INSERT INTO public.warmtransfer_call VALUES ('2efea94386861b32eb7aa39e', 'ai', 'CA7296d3270536425d977f1e163a5e04c2', '{"id": "2efea94386861b32eb7aa39e", "stage": "ai", "caller_sid": "CA7296d3270536425d977f1e163a5e04c2", "caller": "+15550170004", "called": "+15550100000", "rooms": 1, "room_sid": "CFf0f480c152814b2eb9923cda6bf6d7c3", "ai": {"k": 1, "state": "up", "call_sid": "CA2b8fc8848be04a0e82e54fa15e9d7f81", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 0, "source": "", "target": "", "reason": "", "summary": ""}, "attempts": [], "at": 1795983199.5689774, "alarm": 4, "alarm_at": 0.0, "comforted_until": 0.0, "laps": 0, "news": "", "stray": "", "started_at": 1795983192.5920036, "ended_at": 0.0}', 0, 1795983192.5920036, 1795983199.5689774);
INSERT INTO public.warmtransfer_call VALUES ('8ebc792631185cc11586d844', 'redirected', 'CA935b14ecfaf4479b93848da65e058a11', '{"id": "8ebc792631185cc11586d844", "stage": "redirected", "caller_sid": "CA935b14ecfaf4479b93848da65e058a11", "caller": "+15550170006", "called": "+15550100000", "rooms": 1, "room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "ai": {"k": 1, "state": "absent", "call_sid": "", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "rob", "reason": "", "summary": ""}, "attempts": [{"n": 1, "handoff": 1, "name": "rob", "number": "+15550100006", "style": "redirect", "call_sid": "CA4ece625cea21426badc83f8abccaa860", "outcome": null, "answered_by": "", "briefed": false, "ended": false, "dialled_at": 1795983203.9323611, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 0.0, "sip": ""}], "at": 1795983206.1499295, "alarm": 4, "alarm_at": 1795983353.9323611, "comforted_until": 0.0, "laps": 0, "news": "", "stray": "", "started_at": 1795983203.0645049, "ended_at": 0.0}', 1795983353.9323611, 1795983203.0645049, 1795983206.1499295);
INSERT INTO public.warmtransfer_call VALUES ('52dc62665ae0d50a34f2d311', 'human', 'CA674ad228390e4457a3bdd5901e9d593a', '{"id": "52dc62665ae0d50a34f2d311", "stage": "human", "caller_sid": "CA674ad228390e4457a3bdd5901e9d593a", "caller": "+15550170007", "called": "+15550100000", "rooms": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "ai": {"k": 1, "state": "absent", "call_sid": "", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "vic", "reason": "", "summary": "Nothing works."}, "attempts": [{"n": 1, "handoff": 1, "name": "vic", "number": "+15550100008", "style": "screen", "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf", "outcome": "accepted", "answered_by": "human", "briefed": false, "ended": false, "dialled_at": 1795983213.476029, "answered_at": 1795983214.9405017, "accepted_at": 1795983219.2528825, "joined_at": 1795983219.316981, "ended_at": 0.0, "sip": ""}], "at": 1795983223.4850402, "alarm": 11, "alarm_at": 1795983243.3210638, "comforted_until": 0.0, "laps": 1, "news": "", "stray": "", "started_at": 1795983209.2382958, "ended_at": 0.0}', 1795983243.3210638, 1795983209.2382958, 1795983223.4850402);
INSERT INTO public.warmtransfer_call VALUES ('6a4677177079ef1c2919c3ab', 'human', 'CAb90960236819491f8f013576a184ba74', '{"id": "6a4677177079ef1c2919c3ab", "stage": "human", "caller_sid": "CAb90960236819491f8f013576a184ba74", "caller": "+15550170003", "called": "+15550100000", "rooms": 1, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "ai": {"k": 1, "state": "absent", "call_sid": "", "token": "", "generation": 1, "losses": [1795983208.1353664], "down": true}, "handoff": {"number": 1, "source": "model_down", "target": "", "reason": "The assistant failed in the middle of the call.", "summary": ""}, "attempts": [{"n": 1, "handoff": 1, "name": "sam", "number": "+15550100001", "style": "screen", "call_sid": "CAc171c15c2f1f4cf99a8229a8da770f9c", "outcome": "busy", "answered_by": "", "briefed": false, "ended": true, "dialled_at": 1795983208.1353664, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 1795983208.6434367, "sip": "486"}, {"n": 2, "handoff": 1, "name": "kim", "number": "+15550100002", "style": "screen", "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6", "outcome": "accepted", "answered_by": "human", "briefed": false, "ended": false, "dialled_at": 1795983208.6434367, "answered_at": 1795983210.7097468, "accepted_at": 1795983216.5806842, "joined_at": 1795983217.0531213, "ended_at": 0.0, "sip": ""}], "at": 1795983241.4537618, "alarm": 16, "alarm_at": 1795983261.0920742, "comforted_until": 0.0, "laps": 2, "news": "", "stray": "", "started_at": 1795983191.9240746, "ended_at": 0.0}', 1795983261.0920742, 1795983191.9240746, 1795983241.4537618);
INSERT INTO public.warmtransfer_call VALUES ('050e304bfccf4bef24219148', 'over', 'CA433f8048450744d1acfe433c3f2be843', '{"id": "050e304bfccf4bef24219148", "stage": "over", "caller_sid": "CA433f8048450744d1acfe433c3f2be843", "caller": "+15550170002", "called": "+15550100000", "rooms": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "ai": {"k": 1, "state": "absent", "call_sid": "", "token": "", "generation": 1, "losses": [], "down": false}, "handoff": {"number": 1, "source": "api", "target": "ann", "reason": "", "summary": ""}, "attempts": [{"n": 1, "handoff": 1, "name": "ann", "number": "+15550100005", "style": "announce", "call_sid": "CA4ce3cc4c29024102996688ae469204b1", "outcome": "machine", "answered_by": "machine_start", "briefed": false, "ended": true, "dialled_at": 1795983180.665923, "answered_at": 1795983186.1498566, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 1795983188.8941336, "sip": "200"}, {"n": 2, "handoff": 1, "name": "sam", "number": "+15550100001", "style": "screen", "call_sid": "CA29f11efbf23e4055b374abb3be367976", "outcome": "busy", "answered_by": "", "briefed": false, "ended": true, "dialled_at": 1795983188.8941336, "answered_at": 0.0, "accepted_at": 0.0, "joined_at": 0.0, "ended_at": 1795983191.534612, "sip": "486"}, {"n": 3, "handoff": 1, "name": "kim", "number": "+15550100002", "style": "screen", "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3", "outcome": "accepted", "answered_by": "human", "briefed": false, "ended": true, "dialled_at": 1795983191.534612, "answered_at": 1795983196.8542955, "accepted_at": 1795983202.418918, "joined_at": 1795983202.7067077, "ended_at": 1795983223.4926803, "sip": "200"}], "at": 1795983228.9606051, "alarm": 21, "alarm_at": 0.0, "comforted_until": 0.0, "laps": 1, "news": "", "stray": "", "started_at": 1795983175.9226065, "ended_at": 1795983220.887936}', 0, 1795983175.9226065, 1795983228.9606051);
INSERT INTO public.warmtransfer_journal VALUES (1, 'ecbd3236d275753d6a7d9cb1', 1795983167.9424536, 'CallArrived', '{"call_sid": "CA7992763770bf41359e457aefb25501a9", "caller": "+15550170001", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (2, 'ecbd3236d275753d6a7d9cb1', 1795983168.8956761, 'CallerJoined', '{"room": "wt-ecbd3236d275753d6a7d9cb1", "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CA7992763770bf41359e457aefb25501a9"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (3, 'ecbd3236d275753d6a7d9cb1', 1795983169.9593787, 'AIAsked', '{"k": 1, "token": "ecbd3236d275753d6a7d9cb1.NWw216X5jPkRIC99pZqASnnuQYlY5wOT"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (4, 'ecbd3236d275753d6a7d9cb1', 1795983170.2607367, 'AIAdded', '{"k": 1, "call_sid": "CA8be0798dfb9a433dbaa58922af3d5147"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (5, 'ecbd3236d275753d6a7d9cb1', 1795983171.6220295, 'AIJoined', '{"k": 1, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CA8be0798dfb9a433dbaa58922af3d5147"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (6, 'ecbd3236d275753d6a7d9cb1', 1795983172.1172302, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (7, 'ecbd3236d275753d6a7d9cb1', 1795983172.3219733, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (8, 'ecbd3236d275753d6a7d9cb1', 1795983175.156338, 'HandoffAsked', '{"source": "api", "target": "sam", "reason": "A bill", "summary": "The bill of March is wrong. They want to talk about it."}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (9, 'ecbd3236d275753d6a7d9cb1', 1795983175.5244539, 'HumanDialled', '{"n": 1, "call_sid": "CA0a9026a6c85546f5a4e581c23671b05e"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (10, 'ecbd3236d275753d6a7d9cb1', 1795983176.0975335, 'HumanDialled', '{"n": 1, "call_sid": "CA0a9026a6c85546f5a4e581c23671b05e"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (11, '050e304bfccf4bef24219148', 1795983175.9226065, 'CallArrived', '{"call_sid": "CA433f8048450744d1acfe433c3f2be843", "caller": "+15550170002", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (12, 'ecbd3236d275753d6a7d9cb1', 1795983176.2473094, 'HumanEnded', '{"n": 1, "status": "busy", "sip": "486", "call_sid": "CA0a9026a6c85546f5a4e581c23671b05e"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (13, 'ecbd3236d275753d6a7d9cb1', 1795983176.3922918, 'HumanDialled', '{"n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (14, '050e304bfccf4bef24219148', 1795983176.520577, 'CallerJoined', '{"room": "wt-050e304bfccf4bef24219148", "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CA433f8048450744d1acfe433c3f2be843"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (15, 'ecbd3236d275753d6a7d9cb1', 1795983176.59431, 'HumanDialled', '{"n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (16, '050e304bfccf4bef24219148', 1795983176.9918945, 'AIAdded', '{"k": 1, "call_sid": "CA1261fefb07ab42a990b8a757bb5ddbd5"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (17, 'ecbd3236d275753d6a7d9cb1', 1795983176.9088974, 'HumanRang', '{"n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (18, '050e304bfccf4bef24219148', 1795983177.546294, 'AIAsked', '{"k": 1, "token": "050e304bfccf4bef24219148.lPFOU7a41mHTTYIeVOitsN1dHOVy-8_V"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (19, '050e304bfccf4bef24219148', 1795983177.6888196, 'AIJoined', '{"k": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CA1261fefb07ab42a990b8a757bb5ddbd5"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (20, 'ecbd3236d275753d6a7d9cb1', 1795983177.9972792, 'HumanAnswered', '{"n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (21, '050e304bfccf4bef24219148', 1795983178.5092738, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (22, 'ecbd3236d275753d6a7d9cb1', 1795983178.7957883, 'HumanAnswered', '{"n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (23, '050e304bfccf4bef24219148', 1795983179.1990092, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (24, 'ecbd3236d275753d6a7d9cb1', 1795983179.36223, 'MachineHeard', '{"n": 2, "answered_by": "human"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (25, '050e304bfccf4bef24219148', 1795983180.665923, 'HandoffAsked', '{"source": "api", "target": "ann", "reason": "", "summary": ""}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (26, '050e304bfccf4bef24219148', 1795983180.9848015, 'HumanDialled', '{"n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (27, '050e304bfccf4bef24219148', 1795983181.2715557, 'HumanDialled', '{"n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (28, '050e304bfccf4bef24219148', 1795983181.7486126, 'HumanRang', '{"n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (29, '050e304bfccf4bef24219148', 1795983186.1498566, 'HumanAnswered', '{"n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (30, 'ecbd3236d275753d6a7d9cb1', 1795983187.4666753, 'HumanAccepted', '{"n": 2}', 'briefing', 'joining');
INSERT INTO public.warmtransfer_journal VALUES (31, 'ecbd3236d275753d6a7d9cb1', 1795983188.053811, 'HumanJoined', '{"n": 2, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'joining', 'human');
INSERT INTO public.warmtransfer_journal VALUES (32, '050e304bfccf4bef24219148', 1795983188.353294, 'MachineHeard', '{"n": 1, "answered_by": "machine_start"}', 'briefing', 'cancelling');
INSERT INTO public.warmtransfer_journal VALUES (33, '050e304bfccf4bef24219148', 1795983188.8941336, 'HumanEnded', '{"n": 1, "status": "completed", "sip": "200", "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 'cancelling', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (34, '050e304bfccf4bef24219148', 1795983189.8912816, 'HumanLeft', '{"n": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "why": "participant_hung_up"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (35, '050e304bfccf4bef24219148', 1795983190.332222, 'HumanDialled', '{"n": 2, "call_sid": "CA29f11efbf23e4055b374abb3be367976"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (36, '050e304bfccf4bef24219148', 1795983190.7786314, 'HumanDialled', '{"n": 2, "call_sid": "CA29f11efbf23e4055b374abb3be367976"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (37, '050e304bfccf4bef24219148', 1795983191.534612, 'HumanEnded', '{"n": 2, "status": "busy", "sip": "486", "call_sid": "CA29f11efbf23e4055b374abb3be367976"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (38, 'ecbd3236d275753d6a7d9cb1', 1795983192.1596982, 'TimedOut', '{"stage": "human", "alarm": 13}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (39, '6a4677177079ef1c2919c3ab', 1795983191.9240746, 'CallArrived', '{"call_sid": "CAb90960236819491f8f013576a184ba74", "caller": "+15550170003", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (40, '2efea94386861b32eb7aa39e', 1795983192.5920036, 'CallArrived', '{"call_sid": "CA7296d3270536425d977f1e163a5e04c2", "caller": "+15550170004", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (41, '050e304bfccf4bef24219148', 1795983192.6992366, 'HumanDialled', '{"n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (42, 'ecbd3236d275753d6a7d9cb1', 1795983193.1206036, 'LineHeard', '{"generation": 1}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (43, '6a4677177079ef1c2919c3ab', 1795983194.2972374, 'TimedOut', '{"stage": "arriving", "alarm": 1}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (44, 'ecbd3236d275753d6a7d9cb1', 1795983194.7670195, 'AIAsked', '{"k": 1, "token": "ecbd3236d275753d6a7d9cb1.GYUmFONp79JZmBLjWR-RkiOffeFTkN4K"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (45, '2efea94386861b32eb7aa39e', 1795983194.7730172, 'TimedOut', '{"stage": "arriving", "alarm": 1}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (46, '050e304bfccf4bef24219148', 1795983194.2945955, 'HumanDialled', '{"n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (69, '6a4677177079ef1c2919c3ab', 1795983199.8009312, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (47, '2722f258341fb7f44f85a884', 1795983194.9046147, 'CallArrived', '{"call_sid": "CAca23568b8fe64f50a62db5306d9b3db8", "caller": "+15550170005", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (65, '6a4677177079ef1c2919c3ab', 1795983199.0125363, 'AIJoined', '{"k": 1, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CA5558202f5c534fa0b74da4f2aeeff82f"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (89, '8ebc792631185cc11586d844', 1795983204.8401804, 'CallerCameBack', '{"n": 0, "dial_status": ""}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (97, '050e304bfccf4bef24219148', 1795983206.710102, 'TimedOut', '{"stage": "human", "alarm": 19}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (103, '6a4677177079ef1c2919c3ab', 1795983208.6434367, 'HumanEnded', '{"n": 1, "status": "busy", "sip": "486", "call_sid": "CAc171c15c2f1f4cf99a8229a8da770f9c"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (110, '52dc62665ae0d50a34f2d311', 1795983210.517396, 'AIAsked', '{"k": 1, "token": "52dc62665ae0d50a34f2d311.28kIS5mm-euSlcQknjxtmap1W4YaSqf0"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (115, '52dc62665ae0d50a34f2d311', 1795983211.2526822, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (124, '52dc62665ae0d50a34f2d311', 1795983214.9405017, 'HumanAnswered', '{"n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (133, 'ecbd3236d275753d6a7d9cb1', 1795983220.249607, 'CallerLeft', '{"room_sid": "", "why": "completed"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (136, '050e304bfccf4bef24219148', 1795983220.887936, 'CallerLeft', '{"room_sid": "CFb5f8a5019d094aaf970882436998d155", "why": "participant_hung_up"}', 'human', 'over');
INSERT INTO public.warmtransfer_journal VALUES (152, '52dc62665ae0d50a34f2d311', 1795983223.4206285, 'HumanJoined', '{"n": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (167, 'c4dd25076cc415e081e96bfe', 1795983229.778469, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (172, 'c4dd25076cc415e081e96bfe', 1795983232.0605726, 'HumanAnswered', '{"n": 1, "call_sid": "CA37a9971850c14d03a8cb0eb13c713995"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (48, '6a4677177079ef1c2919c3ab', 1795983194.923445, 'CallerJoined', '{"room": "wt-6a4677177079ef1c2919c3ab", "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CAb90960236819491f8f013576a184ba74"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (49, '050e304bfccf4bef24219148', 1795983194.9459405, 'HumanRang', '{"n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (54, '2efea94386861b32eb7aa39e', 1795983196.8553936, 'CallerJoined', '{"room": "wt-2efea94386861b32eb7aa39e", "room_sid": "CFf0f480c152814b2eb9923cda6bf6d7c3", "call_sid": "CA7296d3270536425d977f1e163a5e04c2"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (56, '6a4677177079ef1c2919c3ab', 1795983197.7596362, 'AIAdded', '{"k": 1, "call_sid": "CA5558202f5c534fa0b74da4f2aeeff82f"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (58, '050e304bfccf4bef24219148', 1795983197.7957888, 'HumanAnswered', '{"n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (62, '050e304bfccf4bef24219148', 1795983198.568046, 'MachineHeard', '{"n": 3, "answered_by": "human"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (71, '2722f258341fb7f44f85a884', 1795983200.497927, 'AIJoined', '{"k": 1, "room_sid": "CF1926a5b8e8e34e0fb39127e18422df61", "call_sid": "CAb6ddcc419b3c434e92c5d76b1a8d607c"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (77, '2722f258341fb7f44f85a884', 1795983202.4166968, 'HumanRang', '{"n": 1, "call_sid": "CAc26d983a102b434589072b777aa6a2a5"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (91, '8ebc792631185cc11586d844', 1795983205.2908778, 'HumanDialled', '{"n": 1, "call_sid": "CA4ece625cea21426badc83f8abccaa860"}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (96, '050e304bfccf4bef24219148', 1795983206.5237036, 'AIAsked', '{"k": 1, "token": "050e304bfccf4bef24219148.9DE0adTUXqOQkkrtZr_O9EwOJXbmHYBa"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (107, '52dc62665ae0d50a34f2d311', 1795983210.1170895, 'CallerJoined', '{"room": "wt-52dc62665ae0d50a34f2d311", "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CA674ad228390e4457a3bdd5901e9d593a"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (112, '6a4677177079ef1c2919c3ab', 1795983210.7097468, 'HumanAnswered', '{"n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (117, '6a4677177079ef1c2919c3ab', 1795983212.2096558, 'MachineHeard', '{"n": 2, "answered_by": "human"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (125, '52dc62665ae0d50a34f2d311', 1795983215.2816658, 'HumanAnswered', '{"n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (127, '6a4677177079ef1c2919c3ab', 1795983216.5806842, 'HumanAccepted', '{"n": 2}', 'briefing', 'joining');
INSERT INTO public.warmtransfer_journal VALUES (128, '6a4677177079ef1c2919c3ab', 1795983217.0531213, 'HumanJoined', '{"n": 2, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'joining', 'human');
INSERT INTO public.warmtransfer_journal VALUES (131, 'ecbd3236d275753d6a7d9cb1', 1795983219.6533263, 'CallerLeft', '{"room_sid": "CF848863b3cab6486bb7729bd41716125c", "why": "participant_hung_up"}', 'human', 'over');
INSERT INTO public.warmtransfer_journal VALUES (138, '050e304bfccf4bef24219148', 1795983221.0455732, 'CallerLeft', '{"room_sid": "", "why": "completed"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (144, '52dc62665ae0d50a34f2d311', 1795983222.5405903, 'LineHeard', '{"generation": 1}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (148, '0f4144c5cd0c90af05f1b7e2', 1795983223.1633697, 'CallArrived', '{"call_sid": "CA5a32bba80d8a41008f501ab1245b0216", "caller": "+15550170008", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (149, '0f4144c5cd0c90af05f1b7e2', 1795983223.2274134, 'CallerJoined', '{"room": "wt-0f4144c5cd0c90af05f1b7e2", "room_sid": "CF33c3fb97c7bb4b1085cd52f13cccb55b", "call_sid": "CA5a32bba80d8a41008f501ab1245b0216"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (153, '0f4144c5cd0c90af05f1b7e2', 1795983223.4224765, 'AIAsked', '{"k": 1, "token": "0f4144c5cd0c90af05f1b7e2.tK0S7eMwNNANSEtMYIzq5M6N8Dl37eoe"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (154, '0f4144c5cd0c90af05f1b7e2', 1795983223.4731276, 'AIJoined', '{"k": 1, "room_sid": "CF33c3fb97c7bb4b1085cd52f13cccb55b", "call_sid": "CAcec8af4c062c43319c61152c85db8763"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (173, 'c4dd25076cc415e081e96bfe', 1795983232.3145385, 'HumanAnswered', '{"n": 1, "call_sid": "CA37a9971850c14d03a8cb0eb13c713995"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (174, '0f4144c5cd0c90af05f1b7e2', 1795983233.4013295, 'HandoffAsked', '{"source": "api", "target": "eve", "reason": "Open", "summary": "Nobody knows whether this one was dialled."}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (177, '6a4677177079ef1c2919c3ab', 1795983241.3170745, 'HumanJoined', '{"n": 2, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (178, '6a4677177079ef1c2919c3ab', 1795983241.4537618, 'CallerPresent', '{"room_sid": "CF577fee59f2b844d283c1629fa63e165f"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (50, '2efea94386861b32eb7aa39e', 1795983194.9474826, 'CallerJoined', '{"room": "wt-2efea94386861b32eb7aa39e", "room_sid": "CFf0f480c152814b2eb9923cda6bf6d7c3", "call_sid": "CA7296d3270536425d977f1e163a5e04c2"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (51, 'ecbd3236d275753d6a7d9cb1', 1795983195.1133459, 'AILeft', '{"k": 1, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "why": "participant_updated_via_api"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (52, '2722f258341fb7f44f85a884', 1795983196.0452788, 'CallerJoined', '{"room": "wt-2722f258341fb7f44f85a884", "room_sid": "CF1926a5b8e8e34e0fb39127e18422df61", "call_sid": "CAca23568b8fe64f50a62db5306d9b3db8"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (57, '2efea94386861b32eb7aa39e', 1795983197.7599618, 'AIAdded', '{"k": 1, "call_sid": "CA2b8fc8848be04a0e82e54fa15e9d7f81"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (59, '2722f258341fb7f44f85a884', 1795983197.7591572, 'TimedOut', '{"stage": "arriving", "alarm": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (63, '6a4677177079ef1c2919c3ab', 1795983198.735026, 'AIAsked', '{"k": 1, "token": "6a4677177079ef1c2919c3ab.nfvglHtDIfWPuwvBpLP7nFyAu6iWFbIy"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (64, '2efea94386861b32eb7aa39e', 1795983198.731229, 'AIJoined', '{"k": 1, "room_sid": "CFf0f480c152814b2eb9923cda6bf6d7c3", "call_sid": "CA2b8fc8848be04a0e82e54fa15e9d7f81"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (66, '2efea94386861b32eb7aa39e', 1795983199.2221603, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (67, '6a4677177079ef1c2919c3ab', 1795983199.502413, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (68, '2efea94386861b32eb7aa39e', 1795983199.5689774, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (75, '2722f258341fb7f44f85a884', 1795983202.0674298, 'HumanDialled', '{"n": 1, "call_sid": "CAc26d983a102b434589072b777aa6a2a5"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (76, '2722f258341fb7f44f85a884', 1795983202.0996852, 'HumanDialled', '{"n": 1, "call_sid": "CAc26d983a102b434589072b777aa6a2a5"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (81, '8ebc792631185cc11586d844', 1795983203.313332, 'CallerJoined', '{"room": "wt-8ebc792631185cc11586d844", "room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "call_sid": "CA935b14ecfaf4479b93848da65e058a11"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (84, '8ebc792631185cc11586d844', 1795983203.465799, 'AIJoined', '{"k": 1, "room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "call_sid": "CA42ee0379b0b14ded92f8309812fece84"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (86, '8ebc792631185cc11586d844', 1795983203.5491703, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (87, '8ebc792631185cc11586d844', 1795983203.9323611, 'HandoffAsked', '{"source": "api", "target": "rob", "reason": "", "summary": ""}', 'ai', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (90, '8ebc792631185cc11586d844', 1795983204.899964, 'AILeft', '{"k": 1, "room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "why": "moderator_ended_conference"}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (93, '050e304bfccf4bef24219148', 1795983205.7674437, 'LineHeard', '{"generation": 1}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (95, '8ebc792631185cc11586d844', 1795983206.1499295, 'HumanRang', '{"n": 1, "call_sid": "CA4ece625cea21426badc83f8abccaa860"}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (98, '050e304bfccf4bef24219148', 1795983206.7837105, 'HumanJoined', '{"n": 3, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (102, '6a4677177079ef1c2919c3ab', 1795983208.4892762, 'HumanDialled', '{"n": 1, "call_sid": "CAc171c15c2f1f4cf99a8229a8da770f9c"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (105, '6a4677177079ef1c2919c3ab', 1795983209.3802707, 'HumanDialled', '{"n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (108, '6a4677177079ef1c2919c3ab', 1795983210.0523117, 'HumanRang', '{"n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (113, '52dc62665ae0d50a34f2d311', 1795983211.2362914, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (114, '6a4677177079ef1c2919c3ab', 1795983211.2322717, 'HumanAnswered', '{"n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (118, 'ecbd3236d275753d6a7d9cb1', 1795983213.0088089, 'HumanJoined', '{"n": 2, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (119, 'ecbd3236d275753d6a7d9cb1', 1795983213.3692029, 'CallerPresent', '{"room_sid": "CF848863b3cab6486bb7729bd41716125c"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (121, '52dc62665ae0d50a34f2d311', 1795983213.5224464, 'HumanDialled', '{"n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (122, '52dc62665ae0d50a34f2d311', 1795983213.5795476, 'HumanDialled', '{"n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (123, '52dc62665ae0d50a34f2d311', 1795983213.833584, 'HumanRang', '{"n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (126, '52dc62665ae0d50a34f2d311', 1795983216.5774, 'MachineHeard', '{"n": 1, "answered_by": "human"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (130, '52dc62665ae0d50a34f2d311', 1795983219.316981, 'HumanJoined', '{"n": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf"}', 'joining', 'human');
INSERT INTO public.warmtransfer_journal VALUES (135, 'ecbd3236d275753d6a7d9cb1', 1795983220.3285036, 'CallerLeft', '{"room_sid": "CF848863b3cab6486bb7729bd41716125c", "why": "participant-with-end-conference-on-exit-left"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (137, '050e304bfccf4bef24219148', 1795983220.991284, 'CallerLeft', '{"room_sid": "", "why": "completed"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (139, '050e304bfccf4bef24219148', 1795983221.0717254, 'HumanLeft', '{"n": 3, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "why": "moderator_ended_conference"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (143, '6a4677177079ef1c2919c3ab', 1795983221.322347, 'AILeft', '{"k": 1, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "why": "participant_updated_via_api"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (145, '52dc62665ae0d50a34f2d311', 1795983222.6301162, 'AIAsked', '{"k": 1, "token": "52dc62665ae0d50a34f2d311.PrQ08661OUQT4JL2_vEgzLJWGMTPb8QW"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (150, '52dc62665ae0d50a34f2d311', 1795983223.3210638, 'TimedOut', '{"stage": "human", "alarm": 10}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (155, '050e304bfccf4bef24219148', 1795983223.4926803, 'HumanEnded', '{"n": 3, "status": "completed", "sip": "200", "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (158, '0f4144c5cd0c90af05f1b7e2', 1795983223.6880372, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (160, 'ecbd3236d275753d6a7d9cb1', 1795983227.669995, 'TimedOut', '{"stage": "over", "alarm": 16}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (161, 'c4dd25076cc415e081e96bfe', 1795983227.8253195, 'CallerJoined', '{"room": "wt-c4dd25076cc415e081e96bfe", "room_sid": "CF1660606076a9407696d088080049dcec", "call_sid": "CA8dbde0ed0e4a44d8a958a421939ca756"}', 'arriving', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (162, 'c4dd25076cc415e081e96bfe', 1795983228.5659835, 'AIAsked', '{"k": 1, "token": "c4dd25076cc415e081e96bfe.Pky5YFWnm7Tt9sT85KpE0Qom4PWNQ7GM"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (164, '050e304bfccf4bef24219148', 1795983228.9606051, 'TimedOut', '{"stage": "over", "alarm": 21}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (166, 'c4dd25076cc415e081e96bfe', 1795983229.7044888, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (168, 'c4dd25076cc415e081e96bfe', 1795983230.6541994, 'HandoffAsked', '{"source": "api", "target": "zoe", "reason": "", "summary": "They want to give notice."}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (176, '6a4677177079ef1c2919c3ab', 1795983241.0920742, 'TimedOut', '{"stage": "human", "alarm": 15}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (53, '6a4677177079ef1c2919c3ab', 1795983196.8550546, 'CallerJoined', '{"room": "wt-6a4677177079ef1c2919c3ab", "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CAb90960236819491f8f013576a184ba74"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (72, '2722f258341fb7f44f85a884', 1795983201.0596936, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (79, '050e304bfccf4bef24219148', 1795983202.7067077, 'HumanJoined', '{"n": 3, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'joining', 'human');
INSERT INTO public.warmtransfer_journal VALUES (82, '8ebc792631185cc11586d844', 1795983203.3855278, 'AIAdded', '{"k": 1, "call_sid": "CA42ee0379b0b14ded92f8309812fece84"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (146, 'ecbd3236d275753d6a7d9cb1', 1795983222.6950836, 'HumanEnded', '{"n": 2, "status": "completed", "sip": "200", "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (156, '52dc62665ae0d50a34f2d311', 1795983223.4850402, 'CallerPresent', '{"room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (165, 'c4dd25076cc415e081e96bfe', 1795983229.2455058, 'AIJoined', '{"k": 1, "room_sid": "CF1660606076a9407696d088080049dcec", "call_sid": "CAb0576f951d5844da9cde84fc50deeb5b"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (175, 'c4dd25076cc415e081e96bfe', 1795983233.531402, 'MachineHeard', '{"n": 1, "answered_by": "human"}', 'briefing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (55, '050e304bfccf4bef24219148', 1795983196.8542955, 'HumanAnswered', '{"n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3"}', 'ringing', 'briefing');
INSERT INTO public.warmtransfer_journal VALUES (60, '2722f258341fb7f44f85a884', 1795983198.30476, 'AIAdded', '{"k": 1, "call_sid": "CAb6ddcc419b3c434e92c5d76b1a8d607c"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (73, '2722f258341fb7f44f85a884', 1795983201.4213052, 'AIUp', '{"generation": 1}', 'connecting', 'ai');
INSERT INTO public.warmtransfer_journal VALUES (74, '2722f258341fb7f44f85a884', 1795983202.0338502, 'HandoffAsked', '{"source": "api", "target": "max", "reason": "", "summary": "Somebody rings from the harbour."}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (80, '8ebc792631185cc11586d844', 1795983203.0645049, 'CallArrived', '{"call_sid": "CA935b14ecfaf4479b93848da65e058a11", "caller": "+15550170006", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (85, '8ebc792631185cc11586d844', 1795983203.5360796, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (92, '8ebc792631185cc11586d844', 1795983205.7665012, 'CallerLeft', '{"room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "why": "participant-with-end-conference-on-exit-left"}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (99, '050e304bfccf4bef24219148', 1795983207.097846, 'CallerPresent', '{"room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (104, '6a4677177079ef1c2919c3ab', 1795983209.063493, 'HumanDialled', '{"n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (111, '52dc62665ae0d50a34f2d311', 1795983210.8125196, 'AIJoined', '{"k": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CAc5c3da3d01e44c999f11e5a62a522542"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (132, 'ecbd3236d275753d6a7d9cb1', 1795983220.0880957, 'CallerLeft', '{"room_sid": "", "why": "completed"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (142, '050e304bfccf4bef24219148', 1795983221.108699, 'CallerLeft', '{"room_sid": "CFb5f8a5019d094aaf970882436998d155", "why": "participant-with-end-conference-on-exit-left"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (151, '0f4144c5cd0c90af05f1b7e2', 1795983223.36538, 'AIAdded', '{"k": 1, "call_sid": "CAcec8af4c062c43319c61152c85db8763"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (163, 'c4dd25076cc415e081e96bfe', 1795983228.8208857, 'AIAdded', '{"k": 1, "call_sid": "CAb0576f951d5844da9cde84fc50deeb5b"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (61, '2efea94386861b32eb7aa39e', 1795983198.3042142, 'AIAsked', '{"k": 1, "token": "2efea94386861b32eb7aa39e.I6ZZ78aumjo6o0pshf-bQ_9lvCnmYEl1"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (70, '2722f258341fb7f44f85a884', 1795983199.8062215, 'AIAsked', '{"k": 1, "token": "2722f258341fb7f44f85a884.0bLtPlCMBiEyPUc4lAvCKVRCpt180jmj"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (78, '050e304bfccf4bef24219148', 1795983202.418918, 'HumanAccepted', '{"n": 3}', 'briefing', 'joining');
INSERT INTO public.warmtransfer_journal VALUES (100, '6a4677177079ef1c2919c3ab', 1795983208.1353664, 'ModelLost', '{"generation": 1, "reason": "insufficient_quota", "fatal": true}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (106, '52dc62665ae0d50a34f2d311', 1795983209.2382958, 'CallArrived', '{"call_sid": "CA674ad228390e4457a3bdd5901e9d593a", "caller": "+15550170007", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (134, 'ecbd3236d275753d6a7d9cb1', 1795983220.2847025, 'HumanLeft', '{"n": 2, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "why": "moderator_ended_conference"}', 'over', 'over');
INSERT INTO public.warmtransfer_journal VALUES (141, '6a4677177079ef1c2919c3ab', 1795983221.1240282, 'AIAsked', '{"k": 1, "token": "6a4677177079ef1c2919c3ab.7wUDpOUVxdDx2yJbJspkgP0WcPQHH9TL"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (147, '52dc62665ae0d50a34f2d311', 1795983222.7557344, 'AILeft', '{"k": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "why": "participant_updated_via_api"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (171, 'c4dd25076cc415e081e96bfe', 1795983231.0285985, 'HumanRang', '{"n": 1, "call_sid": "CA37a9971850c14d03a8cb0eb13c713995"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (83, '8ebc792631185cc11586d844', 1795983203.4157424, 'AIAsked', '{"k": 1, "token": "8ebc792631185cc11586d844.Q8DHcZXkouoYixV1O2VdT66LyB189HRq"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (88, '8ebc792631185cc11586d844', 1795983204.533842, 'StreamEnded', '{"generation": 1, "how": "stopped"}', 'redirected', 'redirected');
INSERT INTO public.warmtransfer_journal VALUES (94, '050e304bfccf4bef24219148', 1795983206.4136193, 'AILeft', '{"k": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "why": "participant_updated_via_api"}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (101, '6a4677177079ef1c2919c3ab', 1795983208.2394753, 'HumanDialled', '{"n": 1, "call_sid": "CAc171c15c2f1f4cf99a8229a8da770f9c"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (109, '52dc62665ae0d50a34f2d311', 1795983210.3934882, 'AIAdded', '{"k": 1, "call_sid": "CAc5c3da3d01e44c999f11e5a62a522542"}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (116, 'ecbd3236d275753d6a7d9cb1', 1795983212.2694397, 'TimedOut', '{"stage": "human", "alarm": 14}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (120, '52dc62665ae0d50a34f2d311', 1795983213.476029, 'HandoffAsked', '{"source": "api", "target": "vic", "reason": "", "summary": "Nothing works."}', 'ai', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (129, '52dc62665ae0d50a34f2d311', 1795983219.2528825, 'HumanAccepted', '{"n": 1}', 'briefing', 'joining');
INSERT INTO public.warmtransfer_journal VALUES (140, '6a4677177079ef1c2919c3ab', 1795983221.0570493, 'TimedOut', '{"stage": "human", "alarm": 14}', 'human', 'human');
INSERT INTO public.warmtransfer_journal VALUES (157, '0f4144c5cd0c90af05f1b7e2', 1795983223.6290963, 'StreamUp', '{"generation": 1}', 'connecting', 'connecting');
INSERT INTO public.warmtransfer_journal VALUES (159, 'c4dd25076cc415e081e96bfe', 1795983227.2936733, 'CallArrived', '{"call_sid": "CA8dbde0ed0e4a44d8a958a421939ca756", "caller": "+15550170009", "called": "+15550100000"}', 'arriving', 'arriving');
INSERT INTO public.warmtransfer_journal VALUES (169, 'c4dd25076cc415e081e96bfe', 1795983230.7195814, 'HumanDialled', '{"n": 1, "call_sid": "CA37a9971850c14d03a8cb0eb13c713995"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_journal VALUES (170, 'c4dd25076cc415e081e96bfe', 1795983230.7926533, 'HumanDialled', '{"n": 1, "call_sid": "CA37a9971850c14d03a8cb0eb13c713995"}', 'ringing', 'ringing');
INSERT INTO public.warmtransfer_outbox VALUES (1, 'ecbd3236d275753d6a7d9cb1', 1, '{"order": "PrepareModel", "delay": 0.0}', 1795983167.9424536, 1795983169.0166664, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (2, 'ecbd3236d275753d6a7d9cb1', 2, '{"order": "AddAI", "k": 1, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "room": "wt-ecbd3236d275753d6a7d9cb1", "delay": 0.0}', 1795983168.8956761, 1795983171.621177, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (3, 'ecbd3236d275753d6a7d9cb1', 7, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983172.3219733, 1795983173.739334, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (4, 'ecbd3236d275753d6a7d9cb1', 8, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "sam", "number": "+15550100001", "style": "screen", "ring": 60.0, "room_sid": "CF848863b3cab6486bb7729bd41716125c"}', 1795983175.156338, 1795983176.0082178, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (7, 'ecbd3236d275753d6a7d9cb1', 12, '{"order": "DialHuman", "n": 2, "call_sid": "", "name": "kim", "number": "+15550100002", "style": "screen", "ring": 60.0, "room_sid": "CF848863b3cab6486bb7729bd41716125c"}', 1795983176.2473094, 1795983176.512061, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (8, '050e304bfccf4bef24219148', 14, '{"order": "AddAI", "k": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "room": "wt-050e304bfccf4bef24219148", "delay": 0.0}', 1795983176.520577, 1795983177.1798153, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (5, 'ecbd3236d275753d6a7d9cb1', 12, '{"order": "LetAISpeak", "news": "Tell the caller that Sam is on another call. Tell the caller that Kim is being called now. Say no more than that; promise nothing.", "delay": 0.0}', 1795983176.2473094, 1795983177.4566782, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (6, '050e304bfccf4bef24219148', 11, '{"order": "PrepareModel", "delay": 0.0}', 1795983175.9226065, 1795983177.4566782, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (9, '050e304bfccf4bef24219148', 23, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983179.1990092, 1795983180.0886414, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (10, '050e304bfccf4bef24219148', 25, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "ann", "number": "+15550100005", "style": "announce", "ring": 60.0, "room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 1795983180.665923, 1795983181.2350194, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (11, '050e304bfccf4bef24219148', 29, '{"order": "BriefOnHold", "n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1", "room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 1795983186.1498566, 1795983186.5925283, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (13, '050e304bfccf4bef24219148', 32, '{"order": "EndHuman", "n": 1, "call_sid": "CA4ce3cc4c29024102996688ae469204b1"}', 1795983188.353294, 1795983188.919, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (12, 'ecbd3236d275753d6a7d9cb1', 31, '{"order": "Introduce", "line": "Here is Kim, who knows what this is about."}', 1795983188.053811, 1795983189.0237334, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (14, '050e304bfccf4bef24219148', 33, '{"order": "LetAISpeak", "news": "Tell the caller that Ann could only be reached at a mailbox. Tell the caller that Sam is being called now. Say no more than that; promise nothing.", "delay": 0.0}', 1795983188.8941336, 1795983190.3466263, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (15, '050e304bfccf4bef24219148', 33, '{"order": "DialHuman", "n": 2, "call_sid": "", "name": "sam", "number": "+15550100001", "style": "screen", "ring": 60.0, "room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 1795983188.8941336, 1795983190.7497435, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (16, '050e304bfccf4bef24219148', 37, '{"order": "LetAISpeak", "news": "Tell the caller that Sam is on another call. Tell the caller that Kim is being called now. Say no more than that; promise nothing.", "delay": 0.0}', 1795983191.534612, 1795983193.1194813, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (18, 'ecbd3236d275753d6a7d9cb1', 38, '{"order": "RemoveAI", "k": 1, "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CA8be0798dfb9a433dbaa58922af3d5147"}', 1795983192.1596982, 1795983193.6285608, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (19, '6a4677177079ef1c2919c3ab', 39, '{"order": "PrepareModel", "delay": 0.0}', 1795983191.9240746, 1795983194.1648629, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (17, '050e304bfccf4bef24219148', 37, '{"order": "DialHuman", "n": 3, "call_sid": "", "name": "kim", "number": "+15550100002", "style": "screen", "ring": 60.0, "room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 1795983191.534612, 1795983194.1637974, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (20, '2efea94386861b32eb7aa39e', 40, '{"order": "PrepareModel", "delay": 0.0}', 1795983192.5920036, 1795983196.2286103, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (23, '2722f258341fb7f44f85a884', 47, '{"order": "PrepareModel", "delay": 0.0}', 1795983194.9046147, 1795983197.3420331, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (21, '6a4677177079ef1c2919c3ab', 43, '{"order": "LookForRoom", "room": "wt-6a4677177079ef1c2919c3ab", "room_sid": "", "call_sid": "CAb90960236819491f8f013576a184ba74"}', 1795983194.2972374, 1795983197.754454, 'CallerJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (22, '2efea94386861b32eb7aa39e', 45, '{"order": "LookForRoom", "room": "wt-2efea94386861b32eb7aa39e", "room_sid": "", "call_sid": "CA7296d3270536425d977f1e163a5e04c2"}', 1795983194.7730172, 1795983197.755969, 'CallerJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (24, '6a4677177079ef1c2919c3ab', 48, '{"order": "AddAI", "k": 1, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "room": "wt-6a4677177079ef1c2919c3ab", "delay": 0.0}', 1795983194.923445, 1795983198.2989745, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (25, '2efea94386861b32eb7aa39e', 50, '{"order": "AddAI", "k": 1, "room_sid": "CFf0f480c152814b2eb9923cda6bf6d7c3", "room": "wt-2efea94386861b32eb7aa39e", "delay": 0.0}', 1795983194.9474826, 1795983198.2698224, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (26, '2722f258341fb7f44f85a884', 52, '{"order": "AddAI", "k": 1, "room_sid": "CF1926a5b8e8e34e0fb39127e18422df61", "room": "wt-2722f258341fb7f44f85a884", "delay": 0.0}', 1795983196.0452788, 1795983198.6382394, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (27, '2efea94386861b32eb7aa39e', 68, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983199.5689774, 1795983200.7600944, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (28, '6a4677177079ef1c2919c3ab', 69, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983199.8009312, 1795983200.7600944, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (29, '2722f258341fb7f44f85a884', 73, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983201.4213052, 1795983202.095404, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (30, '2722f258341fb7f44f85a884', 74, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "max", "number": "+15550100004", "style": "screen", "ring": 60.0, "room_sid": "CF1926a5b8e8e34e0fb39127e18422df61"}', 1795983202.0338502, 1795983202.0988522, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (31, '050e304bfccf4bef24219148', 79, '{"order": "Introduce", "line": "Here is Kim, who knows what this is about."}', 1795983202.7067077, 1795983203.2510498, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (33, '8ebc792631185cc11586d844', 81, '{"order": "AddAI", "k": 1, "room_sid": "CF5c6095300a7d46b78b0fb97de8c21f5e", "room": "wt-8ebc792631185cc11586d844", "delay": 0.0}', 1795983203.313332, 1795983203.4142704, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (32, '8ebc792631185cc11586d844', 80, '{"order": "PrepareModel", "delay": 0.0}', 1795983203.0645049, 1795983203.800752, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (34, '8ebc792631185cc11586d844', 86, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983203.5491703, 1795983203.800752, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (39, '6a4677177079ef1c2919c3ab', 100, '{"order": "PlayComfort"}', 1795983208.1353664, 1795983208.7226794, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (35, '8ebc792631185cc11586d844', 87, '{"order": "RedirectCaller", "n": 1, "call_sid": "", "caller_sid": "CA935b14ecfaf4479b93848da65e058a11"}', 1795983203.9323611, 1795983204.4451852, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (49, '52dc62665ae0d50a34f2d311', 130, '{"order": "Introduce", "line": "Here is Vic, who knows what this is about."}', 1795983219.316981, 1795983219.8604944, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (56, '52dc62665ae0d50a34f2d311', 150, '{"order": "LookForLeg", "n": 1, "call_sid": "CAfaa795047c134df1948d1ce35acfa5cf", "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf"}', 1795983223.3210638, 1795983223.4367654, 'HumanJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (57, '52dc62665ae0d50a34f2d311', 150, '{"order": "LookForCaller", "room": "wt-52dc62665ae0d50a34f2d311", "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CA674ad228390e4457a3bdd5901e9d593a"}', 1795983223.3210638, 1795983223.5755494, 'CallerPresent', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (60, 'c4dd25076cc415e081e96bfe', 161, '{"order": "AddAI", "k": 1, "room_sid": "CF1660606076a9407696d088080049dcec", "room": "wt-c4dd25076cc415e081e96bfe", "delay": 0.0}', 1795983227.8253195, 1795983229.2440412, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (64, '6a4677177079ef1c2919c3ab', 176, '{"order": "LookForLeg", "n": 2, "call_sid": "CA7b77631c35ec4e4dacf7c7bb1afe0da6", "room_sid": "CF577fee59f2b844d283c1629fa63e165f"}', 1795983241.0920742, 1795983241.3651564, 'HumanJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (65, '6a4677177079ef1c2919c3ab', 176, '{"order": "LookForCaller", "room": "wt-6a4677177079ef1c2919c3ab", "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CAb90960236819491f8f013576a184ba74"}', 1795983241.0920742, 1795983241.5893157, 'CallerPresent', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (36, '050e304bfccf4bef24219148', 93, '{"order": "RemoveAI", "k": 1, "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CA1261fefb07ab42a990b8a757bb5ddbd5"}', 1795983205.7674437, 1795983206.352692, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (62, 'c4dd25076cc415e081e96bfe', 168, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "zoe", "number": "+15550100007", "style": "screen", "ring": 60.0, "room_sid": "CF1660606076a9407696d088080049dcec"}', 1795983230.6541994, 1795983230.7916942, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (37, '050e304bfccf4bef24219148', 97, '{"order": "LookForLeg", "n": 3, "call_sid": "CAa4f61ba97a644e78aa73aeec1035fda3", "room_sid": "CFb5f8a5019d094aaf970882436998d155"}', 1795983206.710102, 1795983206.964354, 'HumanJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (38, '050e304bfccf4bef24219148', 97, '{"order": "LookForCaller", "room": "wt-050e304bfccf4bef24219148", "room_sid": "CFb5f8a5019d094aaf970882436998d155", "call_sid": "CA433f8048450744d1acfe433c3f2be843"}', 1795983206.710102, 1795983207.2160676, 'CallerPresent', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (42, '6a4677177079ef1c2919c3ab', 103, '{"order": "DialHuman", "n": 2, "call_sid": "", "name": "kim", "number": "+15550100002", "style": "screen", "ring": 60.0, "room_sid": "CF577fee59f2b844d283c1629fa63e165f"}', 1795983208.6434367, 1795983209.3754075, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (41, '6a4677177079ef1c2919c3ab', 103, '{"order": "LetAISpeak", "news": "Tell the caller that Sam is on another call. Tell the caller that Kim is being called now. Say no more than that; promise nothing.", "delay": 0.0}', 1795983208.6434367, 1795983209.5457537, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (45, '52dc62665ae0d50a34f2d311', 115, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983211.2526822, 1795983212.2820673, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (51, '050e304bfccf4bef24219148', 136, '{"order": "CloseModel"}', 1795983220.887936, 1795983221.4869032, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (61, 'c4dd25076cc415e081e96bfe', 167, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983229.778469, 1795983230.4028869, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (40, '6a4677177079ef1c2919c3ab', 100, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "sam", "number": "+15550100001", "style": "screen", "ring": 60.0, "room_sid": "CF577fee59f2b844d283c1629fa63e165f"}', 1795983208.1353664, 1795983208.6425643, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (43, '52dc62665ae0d50a34f2d311', 106, '{"order": "PrepareModel", "delay": 0.0}', 1795983209.2382958, 1795983210.5681996, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (44, '52dc62665ae0d50a34f2d311', 107, '{"order": "AddAI", "k": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "room": "wt-52dc62665ae0d50a34f2d311", "delay": 0.0}', 1795983210.1170895, 1795983210.5162284, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (50, 'ecbd3236d275753d6a7d9cb1', 131, '{"order": "CloseModel"}', 1795983219.6533263, 1795983220.5903087, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (54, '0f4144c5cd0c90af05f1b7e2', 148, '{"order": "PrepareModel", "delay": 0.0}', 1795983223.1633697, 1795983223.711648, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (46, 'ecbd3236d275753d6a7d9cb1', 116, '{"order": "LookForLeg", "n": 2, "call_sid": "CAa6d67223d2dd42acb315bd3371dd49ff", "room_sid": "CF848863b3cab6486bb7729bd41716125c"}', 1795983212.2694397, 1795983213.2881815, 'HumanJoined', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (47, 'ecbd3236d275753d6a7d9cb1', 116, '{"order": "LookForCaller", "room": "wt-ecbd3236d275753d6a7d9cb1", "room_sid": "CF848863b3cab6486bb7729bd41716125c", "call_sid": "CA7992763770bf41359e457aefb25501a9"}', 1795983212.2694397, 1795983213.4827414, 'CallerPresent', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (48, '52dc62665ae0d50a34f2d311', 120, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "vic", "number": "+15550100008", "style": "screen", "ring": 60.0, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf"}', 1795983213.476029, 1795983213.5786703, 'HumanDialled', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (52, '6a4677177079ef1c2919c3ab', 140, '{"order": "RemoveAI", "k": 1, "room_sid": "CF577fee59f2b844d283c1629fa63e165f", "call_sid": "CA5558202f5c534fa0b74da4f2aeeff82f"}', 1795983221.0570493, 1795983221.1305907, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (53, '52dc62665ae0d50a34f2d311', 144, '{"order": "RemoveAI", "k": 1, "room_sid": "CFc9a6cb48caf9457ebdbec9b782f9f7cf", "call_sid": "CAc5c3da3d01e44c999f11e5a62a522542"}', 1795983222.5405903, 1795983222.65499, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (55, '0f4144c5cd0c90af05f1b7e2', 149, '{"order": "AddAI", "k": 1, "room_sid": "CF33c3fb97c7bb4b1085cd52f13cccb55b", "room": "wt-0f4144c5cd0c90af05f1b7e2", "delay": 0.0}', 1795983223.2274134, 1795983223.4218671, 'AIAdded', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (59, 'c4dd25076cc415e081e96bfe', 159, '{"order": "PrepareModel", "delay": 0.0}', 1795983227.2936733, 1795983228.5034611, 'done', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (63, '0f4144c5cd0c90af05f1b7e2', 174, '{"order": "DialHuman", "n": 1, "call_sid": "", "name": "eve", "number": "+15550100009", "style": "screen", "ring": 60.0, "room_sid": "CF33c3fb97c7bb4b1085cd52f13cccb55b"}', 1795983233.4013295, 0, '', '', 0);
INSERT INTO public.warmtransfer_outbox VALUES (58, '0f4144c5cd0c90af05f1b7e2', 158, '{"order": "LetAISpeak", "news": "", "delay": 0.0}', 1795983223.6880372, 1795983224.3297646, 'done', '', 0);
INSERT INTO public.warmtransfer_transcript VALUES (1, 'ecbd3236d275753d6a7d9cb1', 1795983176.9045503, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (2, 'ecbd3236d275753d6a7d9cb1', 1795983180.2948096, 'ai', 'Sam is on another call. Kim is being called now.');
INSERT INTO public.warmtransfer_transcript VALUES (3, '050e304bfccf4bef24219148', 1795983183.6471467, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (4, 'ecbd3236d275753d6a7d9cb1', 1795983191.735268, 'ai', 'Here is Kim, who knows what this is about.');
INSERT INTO public.warmtransfer_transcript VALUES (5, '050e304bfccf4bef24219148', 1795983194.8236802, 'ai', 'Ann could only be reached at a mailbox. Sam is being called now.');
INSERT INTO public.warmtransfer_transcript VALUES (6, '050e304bfccf4bef24219148', 1795983197.7156606, 'ai', 'Sam is on another call. Kim is being called now.');
INSERT INTO public.warmtransfer_transcript VALUES (7, '2efea94386861b32eb7aa39e', 1795983204.3350492, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (8, '8ebc792631185cc11586d844', 1795983204.335239, 'ai', 'Hello,');
INSERT INTO public.warmtransfer_transcript VALUES (9, '6a4677177079ef1c2919c3ab', 1795983204.7506845, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (10, '050e304bfccf4bef24219148', 1795983205.76361, 'ai', 'Here is Kim, who knows what this is about.');
INSERT INTO public.warmtransfer_transcript VALUES (11, '2722f258341fb7f44f85a884', 1795983205.8578408, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (12, '2efea94386861b32eb7aa39e', 1795983207.7001173, 'caller', 'what is your address');
INSERT INTO public.warmtransfer_transcript VALUES (13, '6a4677177079ef1c2919c3ab', 1795983208.133363, 'caller', 'test fatal error');
INSERT INTO public.warmtransfer_transcript VALUES (14, '2efea94386861b32eb7aa39e', 1795983213.5889761, 'ai', 'You find us at twelve Harbour Street, next to the old post office.');
INSERT INTO public.warmtransfer_transcript VALUES (15, '52dc62665ae0d50a34f2d311', 1795983215.9886808, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (16, '52dc62665ae0d50a34f2d311', 1795983222.2871401, 'ai', 'Here is Vic, who knows what this is about.');
INSERT INTO public.warmtransfer_transcript VALUES (17, '0f4144c5cd0c90af05f1b7e2', 1795983227.746965, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
INSERT INTO public.warmtransfer_transcript VALUES (18, 'c4dd25076cc415e081e96bfe', 1795983233.9145598, 'ai', 'Hello, this is the Harbour Street Bookshop. How can I help you?');
SELECT pg_catalog.setval('public.warmtransfer_journal_id_seq', 178, true);
SELECT pg_catalog.setval('public.warmtransfer_outbox_id_seq', 65, true);
SELECT pg_catalog.setval('public.warmtransfer_transcript_id_seq', 18, true);
ALTER TABLE ONLY public.warmtransfer_attempt
    ADD CONSTRAINT warmtransfer_attempt_pkey PRIMARY KEY (call_id, n);
ALTER TABLE ONLY public.warmtransfer_call
    ADD CONSTRAINT warmtransfer_call_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.warmtransfer_journal
    ADD CONSTRAINT warmtransfer_journal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.warmtransfer_outbox
    ADD CONSTRAINT warmtransfer_outbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.warmtransfer_transcript
    ADD CONSTRAINT warmtransfer_transcript_pkey PRIMARY KEY (id);
CREATE INDEX ix_warmtransfer_attempt_number ON public.warmtransfer_attempt USING btree (number);
CREATE INDEX ix_warmtransfer_call_caller_sid ON public.warmtransfer_call USING btree (caller_sid);
CREATE INDEX ix_warmtransfer_call_newest ON public.warmtransfer_call USING btree (started_at, id);
CREATE INDEX ix_warmtransfer_call_stage ON public.warmtransfer_call USING btree (stage);
CREATE INDEX ix_warmtransfer_journal_call_id ON public.warmtransfer_journal USING btree (call_id);
CREATE INDEX ix_warmtransfer_outbox_call_id ON public.warmtransfer_outbox USING btree (call_id);
CREATE INDEX ix_warmtransfer_transcript_call_id ON public.warmtransfer_transcript USING btree (call_id);
