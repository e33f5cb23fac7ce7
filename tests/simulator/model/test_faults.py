"""Every failure a client can be made to meet, over a real socket."""

from __future__ import annotations

import json
from contextlib import suppress

import aiohttp
import pytest

from tests.simulator.model.client import Client, Json, live, serving
from warmtransfer.simulator.model.faults import Fault, Faults, parsed
from warmtransfer.simulator.model.matching import MatchEars
from warmtransfer.simulator.sound.speech import Speech, spoken

PERSON = "I would like to speak to a person please"


async def answered(client: Client, **response: object) -> Json:
    """Ask for a response and wait for its end."""
    await client.send("response.create", response=response)
    done: Json = (await client.until("response.done"))["response"]
    return done


def transfer(**fields: object) -> Json:
    """A response that must call the transfer tool."""
    return {"tool_choice": {"type": "function", "name": "transfer_to_human"}, **fields}


def ask(text: str) -> Json:
    """An item with the caller's words."""
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 503])
def test_the_upgrade_is_refused_with_a_status_and_a_body_once(status: int) -> None:
    @live
    async def story() -> None:
        async with serving(faults=(f"model=http:{status}",)) as served:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await served.connect()
            assert refusal.value.status == status
            client = await served.connect()
            await client.until("session.created")

    story()


@live
async def test_the_connection_is_reset_before_any_answer() -> None:
    async with serving(faults=("model=tcp;times=0",)) as served:
        with pytest.raises(aiohttp.ClientError):
            await served.connect()
        await served.control(clear=True)
        await (await served.connect()).until("session.created")


@live
async def test_the_handshake_and_the_first_event_can_be_late() -> None:
    async with serving(faults=("model=handshake:4", "model=created:4"), speed=20.0) as served:
        start = served.setup.clock.now()
        client = await served.connect()
        upgraded = served.setup.clock.now()
        assert upgraded - start >= 4
        await client.until("session.created")
        assert served.setup.clock.now() - upgraded >= 3.9


@live
async def test_no_key_gets_401_and_a_wrong_one_the_close_3000() -> None:
    async with serving(key="right") as served:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await served.http.ws_connect(served.url + "/v1/realtime?model=gpt-realtime-2.1")
        assert refusal.value.status == 401
        client = await served.connect(key="wrong")
        assert (await client.until("error"))["error"]["code"] == "invalid_api_key"
        assert await client.close_code() == 3000
        await (await served.connect(key="right")).until("session.created")
    assert "wrong" not in served.out.getvalue()
    assert "right" not in served.out.getvalue()


@live
async def test_a_wrong_key_may_get_401_at_the_upgrade() -> None:
    async with serving(key="right", bad_key="401") as served:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await served.connect(key="wrong")
        assert refusal.value.status == 401
        headers = {"api-key": "right"}
        url = served.url + "/openai/v1/realtime?model=our-deployment"
        client = Client(await served.http.ws_connect(url, headers=headers))
        assert (await client.until("session.created"))["session"]["model"] == "our-deployment"


@live
async def test_the_beta_header_is_refused_with_4000() -> None:
    async with serving() as served:
        client = await served.connect(headers={"OpenAI-Beta": "realtime=v1"})
        assert (await client.until("error"))["error"]["code"] == "beta_api_shape_disabled"
        assert await client.close_code() == 4000
        assert client.kinds() == ["error"]


@live
async def test_an_unknown_or_missing_model_gets_an_error_and_a_close() -> None:
    async with serving() as served:
        for model, code in (("gpt-4o-realtime-preview", "model_not_found"), ("", "missing_model")):
            client = await served.connect(model=model)
            assert (await client.until("error"))["error"]["code"] == code
            assert await client.close_code() == 4000


@live
async def test_the_session_cap_is_an_error_and_a_close_that_looks_clean() -> None:
    async with serving(cap=5.0, speed=10.0) as served:
        client = await served.connect()
        start = served.setup.clock.now()
        assert (await client.until("error"))["error"]["code"] == "session_expired"
        assert await client.close_code() == 1001
        assert 4.5 < served.setup.clock.now() - start < 7
    closed = [row for row in served.rows() if row.get("state") == "closed"]
    assert [row["code"] for row in closed] == [1001]


@pytest.mark.parametrize(
    ("code", "seen"), [(1000, 1000), (1001, 1001), (1011, 1011), (3000, 3000), (4000, 4000)]
)
def test_a_response_can_end_in_any_close_code(code: int, seen: int) -> None:
    @live
    async def story() -> None:
        async with serving(faults=(f"model=close:{code}",)) as served:
            client = await served.connect()
            await client.update()
            await client.send("response.create")
            assert await client.close_code() == seen
            assert "response.done" not in client.kinds()

    story()


@live
async def test_a_close_without_a_code_is_seen_as_no_code() -> None:
    async with serving(faults=("model=close:1005",)) as served:
        client = await served.connect()
        await client.send("response.create")
        # aiohttp reports an empty close frame as code 0 here; no code was on the wire.
        assert await client.close_code() in (0, 1000, 1005)


@live
async def test_an_abrupt_end_has_no_close_frame() -> None:
    async with serving(faults=("model=close:1006",)) as served:
        client = await served.connect()
        await client.send("response.create")
        assert await client.close_code() == 1006


@live
async def test_errors_ordered_now_reach_open_sessions_which_go_on() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.update()
        assert await served.control(fault="error", arg="rate_limit_exceeded", when="now") == {
            "struck": 1,
            "waiting": [],
        }
        assert (await client.until("error"))["error"]["code"] == "rate_limit_exceeded"
        await served.control(fault="unknown", arg="session.mood.changed", when="now")
        await client.until("session.mood.changed")
        await served.control(fault="ping", arg="event", when="now")
        await client.until("ping")
        assert (await answered(client))["status"] == "completed"
        await served.control(fault="expire", when="now")
        assert await client.close_code() == 1001


@live
async def test_a_websocket_ping_is_sent_and_answered_by_any_client() -> None:
    async with serving() as served:
        headers = {"Authorization": "Bearer key"}
        url = served.url + "/v1/realtime?model=gpt-realtime-2.1"
        async with served.http.ws_connect(url, headers=headers, autoping=False) as ws:
            await ws.receive_json()
            await served.control(fault="ping", when="now")
            message = await ws.receive(timeout=5)
            assert message.type is aiohttp.WSMsgType.PING


@live
async def test_the_control_api_shows_sessions_and_waiting_faults_and_refuses_nonsense() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.until("session.created")
        await served.control(fault="stall", arg=1, times=2)
        async with served.http.get(served.url + "/control/state") as answer:
            state = await answer.json()
        assert [one["id"] for one in state["sessions"]] == [client.events[0]["session"]["id"]]
        assert state["faults"] == [{"fault": "stall", "arg": 1, "when": "reply", "times": 2}]
        assert "unknown fault" in (await served.control(fault="flood"))["error"]
        assert "cannot strike now" in (await served.control(fault="stall", when="now"))["error"]
        assert (await served.control(clear=True))["waiting"] == []


@live
async def test_the_model_is_taught_over_the_control_api_which_refuses_nonsense() -> None:
    async with serving() as served:
        assert (await served.control(rules=[{"hears": ["tea"], "do": [{"say": "Tea."}]}])) == {"taught": 1}
        for wrong in ([{"hears": ["("], "do": []}], [{"do": [{"dance": 1}]}], {"hears": []}, ["tea"], 7):
            assert (await served.control(rules=wrong))["error"]
        assert len(served.setup.book.rules) == len(served.setup.book._own) + 1


@live
async def test_a_closed_session_leaves_the_state() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.until("session.created")
        await client.ws.close()
        async with served.http.get(served.url + "/control/state") as answer:
            assert (await answer.json())["sessions"] == []


@live
async def test_a_failed_response_says_why_and_the_next_one_works() -> None:
    async with serving(faults=("model=fail:insufficient_quota",)) as served:
        client = await served.connect()
        await client.update()
        done = await answered(client)
        assert (done["status"], done["output"]) == ("failed", [])
        assert done["status_details"]["error"]["code"] == "insufficient_quota"
        assert (await answered(client))["status"] == "completed"


@live
async def test_a_stall_delays_the_response_by_simulated_seconds() -> None:
    async with serving(faults=("model=stall:6",), speed=20.0) as served:
        client = await served.connect()
        await client.send("response.create")
        await client.until("response.created")
        start = served.setup.clock.now()
        await client.until("response.output_item.added")
        assert served.setup.clock.now() - start > 5.5


@live
async def test_late_audio_follows_the_end_of_an_interrupted_response() -> None:
    async with serving(faults=("model=late_audio:3",)) as served:
        client = await served.connect()
        await client.update()
        await client.send("response.create")
        first = await client.until("response.output_audio.delta")
        await client.send("response.cancel")
        await client.until("response.done")
        for _ in range(3):
            late = await client.until("response.output_audio.delta")
            assert late["item_id"] == first["item_id"]


@live
async def test_a_response_can_hold_two_spoken_items() -> None:
    async with serving(faults=("model=two_items",)) as served:
        client = await served.connect()
        await client.update()
        done = await answered(client)
        assert [item["content"][0]["transcript"] for item in done["output"]] == [
            "Hello, this is the Harbour Street Bookshop.",
            "How can I help you?",
        ]
        assert client.audio(done["output"][0]["id"])
        assert client.audio(done["output"][1]["id"])


@pytest.mark.parametrize(
    ("arg", "status"),
    [("turn_detected", "cancelled"), ("client_cancelled", "cancelled"), ("max_output_tokens", "incomplete")],
)
def test_a_tool_call_can_be_cut_with_partial_arguments(arg: str, status: str) -> None:
    @live
    async def story() -> None:
        async with serving(faults=(f"model=partial_arguments:{arg}",)) as served:
            client = await served.connect()
            await client.update()
            done = await answered(client, **transfer())
            assert (done["status"], done["status_details"]["reason"]) == (status, arg)
            assert done["output"][0]["status"] == "incomplete"
            event = client.of("response.function_call_arguments.done")[0]
            assert event["arguments"]
            with pytest.raises(ValueError):
                json.loads(event["arguments"])
            assert (await answered(client, **transfer()))["status"] == "completed"

    story()


@live
async def test_a_transfer_can_be_announced_and_never_called() -> None:
    async with serving(faults=("model=no_tool",)) as served:
        client = await served.connect()
        await client.update()
        await client.send("conversation.item.create", item=ask(PERSON))
        done = await answered(client)
        assert [item["type"] for item in done["output"]] == ["message"]
        assert "get someone" in done["output"][0]["content"][0]["transcript"]


@live
async def test_a_response_can_be_empty() -> None:
    async with serving(faults=("model=nothing",)) as served:
        client = await served.connect()
        done = await answered(client)
        assert (done["status"], done["output"]) == ("completed", [])


@live
async def test_a_failed_transcription_does_not_keep_the_model_from_understanding() -> None:
    sound = await spoken(PERSON, "woman")
    ears = MatchEars([Speech.even(PERSON, sound)])
    async with serving(faults=("model=transcription_failed",), ears=ears) as served:
        client = await served.connect()
        await client.update()
        await client.say(sound)
        done = (await client.until("response.done"))["response"]
        assert done["output"][1]["name"] == "transfer_to_human"
        failed = client.of("conversation.item.input_audio_transcription.failed")
        assert failed[0]["error"]["code"] == "audio_unintelligible"
        assert client.of("conversation.item.input_audio_transcription.completed") == []


@live
async def test_the_ears_can_be_made_to_hear_something_else() -> None:
    async with serving(faults=("model=hears:are you still there",)) as served:
        client = await served.connect()
        await client.update()
        await client.say(await spoken(PERSON, "woman"))
        heard = await client.until("conversation.item.input_audio_transcription.completed")
        assert heard["transcript"] == "are you still there"


@live
async def test_a_fault_may_strike_by_the_clock() -> None:
    async with serving(faults=("model=close:1011;when=now;after=3",), speed=10.0) as served:
        client = await served.connect()
        start = served.setup.clock.now()
        assert await client.close_code() == 1011
        assert served.setup.clock.now() - start > 2.5
        await (await served.connect()).until("session.created")


@live
async def test_rules_can_close_the_session_and_refuse_its_return() -> None:
    rules = {
        "rules": [{"hears": ["person"], "do": [{"say": "Bye."}, {"refuse_reconnect": 2}, {"close": 1001}]}]
    }
    async with serving(rules=rules) as served:
        client = await served.connect()
        await client.send("conversation.item.create", item=ask(PERSON))
        await client.send("response.create")
        assert await client.close_code() == 1001
        for _ in range(2):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
                await served.connect()
            assert refusal.value.status == 503
        await (await served.connect()).until("session.created")


@live
async def test_an_oversized_message_ends_the_session() -> None:
    async with serving() as served:
        client = await served.connect()
        await client.until("session.created")
        with suppress(ConnectionError):  # the server may have gone before the end of it was written
            await client.send("input_audio_buffer.append", audio="A" * (25 * 1024 * 1024))
        assert await client.close_code() in (1009, 1006)


def test_a_fault_is_read_from_the_command_line() -> None:
    fault = parsed("model=close:1011;times=3;when=now;after=1.5")
    assert (fault.name, fault.arg, fault.times, fault.when, fault.after) == ("close", 1011, 3, "now", 1.5)
    assert parsed("model=no_tool").arg is True
    assert parsed("model=hears:a b").arg == "a b"
    assert parsed("model=stall:0.5").arg == 0.5


@pytest.mark.parametrize(
    "text",
    [
        "model=flood",
        "model=close:1011;often=2",
        "model=http:500;when=never",
        "model=stall:1;when=now",
        "model=close:1011;times=-1",
        "close=1011",
    ],
)
def test_a_wrong_fault_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text.removeprefix("model=").partition(":")[0].partition("=")[0]):
        parsed(text)


def test_faults_are_used_up_in_order_and_zero_times_means_every_time() -> None:
    faults = Faults([Fault("stall", 1, times=2), Fault("nothing", times=0), Fault("close", 1000, after=5.0)])
    struck = [[fault.name for fault in faults.take("reply", age)] for age in (0.0, 1.0, 2.0, 6.0, 7.0)]
    assert struck == [
        ["stall", "nothing"],
        ["stall", "nothing"],
        ["nothing"],
        ["nothing", "close"],
        ["nothing"],
    ]
