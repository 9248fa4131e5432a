"""``rosenblatt playground`` and `Sequential.playground`: what is printed where, what is opened, and how it ends."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

import rosenblatt
from rosenblatt import Sequential, playground
from rosenblatt.cli import main
from rosenblatt.errors import DataError, MissingExtraError, ModelStateError
from rosenblatt.layers import Dense
from rosenblatt.playground import notebook

pytest.importorskip("uvicorn", reason="needs the extra 'playground' (starlette, uvicorn and websockets)")
from websockets.sync.client import connect

from rosenblatt.playground.server import Playground

# Python itself, as from a shell that runs it in the foreground: a test runner in the background hands on a SIGINT
# that is ignored.
LAUNCH = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from rosenblatt.cli import main
sys.exit(main(sys.argv[1:]))
"""
ADDRESS = r"http://127\.0\.0\.1:(\d+)/#token=[\w-]{32}"


@pytest.fixture
def launched() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command in a process of its own; those that still run at the end are ended."""
    running: list[subprocess.Popen[str]] = []

    def launch(*arguments: object) -> subprocess.Popen[str]:
        words = [sys.executable, "-c", LAUNCH, "playground", "--no-browser", *map(str, arguments)]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = {**os.environ, "PYTHONUNBUFFERED": ""}
        running.append(subprocess.Popen(words, text=True, env=environment, **pipes))
        return running[-1]

    yield launch
    for process in running:
        process.kill()
        process.communicate()


def flowers(path: Path) -> Path:
    rows = [f"{k % 10},{(k % 3) * 10 + k % 7},{('tulip', 'rose', 'lily')[k % 3]}" for k in range(60)]
    path.write_text("\n".join(["stem,petal,species", *rows]) + "\n", encoding="utf-8")
    return path


def small_model() -> Sequential:
    model = Sequential([Dense(5, activation="tanh", input_shape=(2,)), Dense(3, activation="softmax")], seed=1)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.class_names = ["lily", "rose", "tulip"]
    return model


def setup_at(address: str) -> dict[str, Any]:
    """Say hello as a page does, and return what it is told."""
    parts = urlsplit(address)
    token = parse_qs(parts.fragment)["token"][0]
    settings = "&".join(part for part in parts.fragment.split("&") if not part.startswith("token="))
    with connect(f"ws://{parts.netloc}/socket", origin=f"http://{parts.netloc}", max_size=None) as page:
        page.send(json.dumps({"do": "hello", "token": token, "address": settings}))
        while True:
            message = json.loads(page.recv(timeout=10))
            if message["type"] == "setup":
                return message


# --- The command ---------------------------------------------------------------------------------


def test_the_address_alone_is_printed_and_ctrl_c_ends_with_0(launched: Callable[..., subprocess.Popen[str]]) -> None:
    process = launched()
    assert process.stdout is not None
    address = process.stdout.readline()
    assert re.fullmatch(ADDRESS + "\n", address)
    parts = urlsplit(address.strip())
    with connect(f"ws://{parts.netloc}/socket", origin=f"http://{parts.netloc}", max_size=None) as page:
        token = parse_qs(parts.fragment)["token"][0]
        page.send(json.dumps({"do": "hello", "token": token, "address": ""}))
        page.send(json.dumps({"do": "play"}))
        while not isinstance(page.recv(timeout=10), bytes):
            pass
        process.send_signal(signal.SIGINT)  # with an open page, and in the midst of training
        begin = time.monotonic()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - begin < 5
    out, err = process.communicate()
    assert (out, err) == ("", "The playground is closed.\n")


def test_a_taken_port_is_told_and_another_one_taken(launched: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = launched("--port", port)
        assert process.stdout is not None
        assert process.stderr is not None
        found = re.fullmatch(ADDRESS + "\n", process.stdout.readline())
        assert found is not None
        assert int(found[1]) != port
        assert process.stderr.readline() == f"Port {port} is taken; the playground is on {found[1]}.\n"


def test_a_free_port_is_taken_as_asked(launched: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    process = launched("--port", port, "--lang", "ko", "data=xor&noise=0.2")
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    assert re.fullmatch(rf"http://127\.0\.0\.1:{port}/\?lang=ko#token=[\w-]+&data=xor&noise=0\.2", address)
    settings = setup_at(address)["settings"]
    assert (settings["data"], settings["noise"]) == ("xor", 0.2)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """What a page would be told, for each playground that is opened in this process; none is really served."""
    from rosenblatt.playground.description import setup

    told: list[dict[str, Any]] = []

    def serve(server: Playground) -> None:
        [make_run] = server._offers.values()
        told.append(setup(make_run("")[0]))
        server.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(Playground, "serve", serve)
    monkeypatch.chdir(tmp_path)
    return told


def test_a_model_is_opened_with_rows_of_its_own(served: list[dict[str, Any]]) -> None:
    small_model().save("m.safetensors")
    flowers(Path("f.csv"))
    assert main(["playground", "m.safetensors", "--no-browser", "--data", "f.csv", "--target", "species"]) == 0
    [setup] = served
    assert (setup["opened"], setup["problem"]["classes"]) == (True, ["lily", "rose", "tulip"])
    assert setup["problem"]["inputs"] == setup["problem"]["axes"] == setup["network"]["inputs"] == ["stem", "petal"]
    assert len(setup["problem"]["points"]) == 60
    assert {point[2] for point in setup["problem"]["points"]} == {0, 1, 2}


def test_a_model_is_opened_without_rows_and_with_rows_without_targets(served: list[dict[str, Any]]) -> None:
    small_model().save("m.safetensors")
    Path("f.csv").write_text("a,b\n1,2\n3,4\n")
    assert main(["playground", "m.safetensors", "--no-browser"]) == 0
    assert main(["playground", "m.safetensors", "--no-browser", "--data", "f.csv"]) == 0
    assert [len(setup["problem"]["points"]) for setup in served] == [0, 2]


def test_a_table_is_learnt_from_without_a_model(served: list[dict[str, Any]]) -> None:
    flowers(Path("f.csv"))
    assert main(["playground", "--no-browser", "--data", "f.csv", "--target", "stem"]) == 0
    [setup] = served
    assert (setup["opened"], setup["settings"]["data"], setup["settings"]["target"]) == (False, "table", "stem")


def test_the_settings_of_an_address_are_those_of_the_table(tmp_path: Path) -> None:
    table = ("f.csv", flowers(tmp_path / "f.csv").read_text(encoding="utf-8"), None)
    run, errors = playground.maker(table=table)("layers=7:relu&learning_rate=0.5&seed=3")
    assert not errors
    assert (run.settings.data, run.settings.learning_rate, run.settings.seed) == ("table", 0.5, 3)
    assert [(layer.units, layer.activation) for layer in run.settings.layers] == [(7, "relu")]


def test_ctrl_c_while_the_address_is_printed_ends_with_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed: list[Playground] = []

    def interrupt(*arguments: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.stdout, "write", interrupt)
    monkeypatch.setattr(Playground, "close", lambda server: closed.append(server))
    assert main(["playground", "--no-browser"]) == 0
    assert capsys.readouterr().err == "The playground is closed.\n"
    assert len(closed) == 1


def test_what_is_wrong_leaves_no_port_open(served: list[dict[str, Any]]) -> None:
    servers: list[Playground] = []
    make = playground.new_playground
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(playground, "new_playground", lambda port: servers.append(make(port)) or servers[-1])
        with pytest.raises(ModelStateError, match="expected a built model"):
            playground.open_playground(Sequential([Dense(1)]), open_browser=False)
    assert [server.socket.fileno() for server in servers] == [-1]


def test_the_browser_is_opened_on_the_address_unless_it_is_not_wanted(
    served: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert main(["playground", "--no-browser"]) == 0
    capsys.readouterr()
    assert main(["playground"]) == 0
    end = time.monotonic() + 10
    while not opened and time.monotonic() < end:
        time.sleep(0.01)
    assert opened == [capsys.readouterr().out.strip()]


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["nothing.safetensors"], 3, "expected a model file, got none of that name"),
        (["model.txt"], 3, "expected a path ending in .safetensors"),
        (["--lang", "fr"], 2, "--lang: expected a known name, got 'fr'"),
        (["--port", "70000"], 2, "'--port'"),
        (["--target", "species"], 2, "there is no --data"),
        (["--data", "x.npz"], 2, "expected a .csv file where no MODEL is given"),
        (["--data", "nothing.csv"], 3, "expected a file, got none of that name"),
        (["data=xor&noise=0.2", "--data", "flowers.csv"], 2, "expected an address that leaves the data to flowers.csv"),
        (["--data", "bad.csv"], 3, "bad.csv"),
        (["--data", "flowers.csv", "--target", "colour"], 3, "colour"),
        (["m.safetensors", "--data", "daisies.csv", "--target", "species"], 3, "expected classes that the model knows"),
        (["m.safetensors", "--data", "wide.csv"], 3, "expected rows of shape (2,)"),
    ],
)
def test_what_is_wrong_is_told_in_a_line_before_a_page_opens(
    served: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    complaint: str,
) -> None:
    small_model().save("m.safetensors")
    flowers(Path("flowers.csv"))
    Path("bad.csv").write_text("a,b\n")
    Path("wide.csv").write_text("a,b,c\n1,2,3\n")
    Path("daisies.csv").write_text("stem,petal,species\n1,2,daisy\n3,4,rose\n")
    capsys.readouterr()
    assert main(["playground", "--no-browser", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert complaint in err
    assert err.splitlines()[-1].startswith("Error: ")
    assert err.count("Error: ") == 1
    assert not served


def test_a_field_of_an_address_that_is_wrong_is_told_and_left_out(
    served: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["playground", "--no-browser", "http://127.0.0.1:1/?lang=ko#token=abc&data=moons&noise=7"]) == 0
    out, err = capsys.readouterr()
    assert out.endswith("&data=moons&noise=7\n")
    assert "abc" not in out
    assert "Warning: noise: expected from 0.0 to 1.0, got 7." in err


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delitem(sys.modules, "rosenblatt.playground.server", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rosenblatt\[playground\]'"):
        playground.open_playground(open_browser=False)
    assert main(["playground", "--no-browser"]) == 1
    assert "expected uvicorn to be installed" in capsys.readouterr().err


def test_importing_the_library_or_the_package_imports_no_server() -> None:
    code = (
        "import sys, rosenblatt, rosenblatt.playground; print({'starlette', 'uvicorn', 'asyncio'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
    assert rosenblatt.playground is playground


# --- In notebooks --------------------------------------------------------------------------------


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook on the machine before which its user sits."""
    for name in (*notebook.REACHED_BY_FORWARDING, "JUPYTERHUB_SERVICE_PREFIX", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)


def test_a_notebook_shows_the_page_in_a_frame(at_home: None) -> None:
    model = small_model()
    page = model.playground(height=500)
    found = re.fullmatch(ADDRESS, repr(page))
    assert found is not None
    html = page._repr_html_()
    assert f'<iframe src="{page.address}"' in html
    assert 'height="500"' in html
    connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
    connection.request("GET", "/")
    policy = connection.getresponse().headers["Content-Security-Policy"]
    assert "http://localhost:*" in policy.partition("frame-ancestors")[2]


def test_all_models_share_a_server_and_each_has_its_own_page(at_home: None) -> None:
    first, second = small_model(), Sequential([Dense(1, input_shape=(2,))])
    addresses = [str(model.playground().address) for model in (first, second)]
    assert urlsplit(addresses[0]).port == urlsplit(addresses[1]).port
    assert [len(setup_at(address)["network"]["layers"]) for address in addresses] == [2, 1]


def test_the_page_works_on_a_copy_of_the_model(at_home: None) -> None:
    model = small_model()
    x, y = np.random.default_rng(1).normal(size=(40, 2)), np.arange(40) % 3
    before = [weights.copy() for weights in model.get_weights()]
    setup = setup_at(str(model.playground((x, y)).address))
    assert len(setup["problem"]["points"]) == 40
    make_run = list(notebook.shared()._offers.values())[-1]
    make_run("")[0].epoch_step()
    for now, then in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_page_shows_the_model_as_it_was_in_the_cell_and_no_page_shares_it(at_home: None) -> None:
    model = small_model()
    before = [weights.copy() for weights in model.get_weights()]
    model.playground()
    model.set_weights([weights + 1.0 for weights in before])
    make_run = list(notebook.shared()._offers.values())[-1]
    first, second = make_run("")[0].model, make_run("")[0].model
    for weights in (first.get_weights(), second.get_weights()):
        for now, then in zip(weights, before, strict=True):
            np.testing.assert_array_equal(now, then)
    first.set_weights([weights + 2.0 for weights in before])
    np.testing.assert_array_equal(second.get_weights()[0], before[0])


def test_rows_that_do_not_fit_are_told_in_the_cell(at_home: None) -> None:
    with pytest.raises(DataError, match="expected classes that the model knows"):
        small_model().playground((np.zeros((4, 2)), np.array([0, 1, 2, 3])))
    with pytest.raises(ModelStateError, match="expected a built model"):
        Sequential([Dense(1)]).playground()


@pytest.mark.parametrize(
    ("name", "place"), [("JUPYTERHUB_SERVICE_PREFIX", "JupyterHub"), ("KAGGLE_KERNEL_RUN_TYPE", "Kaggle")]
)
def test_where_no_browser_can_reach_python_it_says_what_to_do(
    at_home: None, monkeypatch: pytest.MonkeyPatch, name: str, place: str
) -> None:
    monkeypatch.setenv(name, "/user/learner/")
    page = small_model().playground()
    assert page.address is None
    for told in (repr(page), page._repr_html_()):
        assert f"On {place} the browser cannot reach" in told
        assert "rosenblatt playground model.safetensors" in told
    assert "<iframe" not in page._repr_html_()


def test_on_colab_it_says_what_to_do(at_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.colab", object())
    assert "On Colab the browser cannot reach" in repr(small_model().playground())


def test_over_ssh_it_says_how_to_forward_the_port(at_home: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    page = small_model().playground()
    port = urlsplit(str(page.address)).port
    assert f"ssh -L {port}:127.0.0.1:{port}" in repr(page)
    assert "<iframe" in page._repr_html_()


@pytest.mark.parametrize(("units", "rows", "pages"), [(1, 9, 1), (2000, 20_000, 3)])
def test_python_ends_while_pages_are_open_however_large_their_networks(units: int, rows: int, pages: int) -> None:
    code = f"""
import json, numpy as np, rosenblatt
from urllib.parse import parse_qs, urlsplit
from websockets.sync.client import connect
Dense = rosenblatt.layers.Dense
model = rosenblatt.Sequential([Dense({units}, input_shape=(2,)), Dense({units}), Dense(1)])
model.compile("sgd", "mse")
parts = urlsplit(model.playground((np.zeros(({rows}, 2)), np.zeros({rows}))).address)
socket, origin = f"ws://{{parts.netloc}}/socket", f"http://{{parts.netloc}}"
hello = {{"do": "hello", "token": parse_qs(parts.fragment)["token"][0], "address": ""}}
pages = []
for _ in range({pages}):
    pages.append(connect(socket, origin=origin, max_size=None, legacy=True))
    pages[-1].send(json.dumps(hello))
    pages[-1].send(json.dumps({{"do": "play"}}))
for page in pages:
    while json.loads(page.recv(timeout=20))["type"] != "setup":
        pass
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
