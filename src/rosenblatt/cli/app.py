"""The commands and their options, as they are typed; what they do is imported when it is asked for."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import rosenblatt
from rosenblatt.cli.output import program

app = typer.Typer(
    name="rosenblatt",
    help="Train multi-layer perceptrons, and climb the ladder from the first one to today's.",
    epilog="Exit codes: 0 done, 1 error, 2 usage, 3 bad data or model file, 4 training diverged, 130 Ctrl-C.",
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


Model = Annotated[
    Path, typer.Argument(metavar="MODEL", help="A .safetensors file, as train --save writes it; .keras, .h5 or .onnx.")
]
Target = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="The column of a .csv file that is to be predicted.")
]
Language = Annotated[str, typer.Option("--language", "--lang", metavar="en|ko", help="English or Korean.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def run(arguments: Sequence[str]) -> int:
    """Carry out a command line; errors are the caller's business."""
    command = typer.main.get_command(app)
    try:
        with command.make_context(program(), list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as done:
        return int(done.exit_code)
    return 0


def _print_version(wanted: bool) -> None:
    if wanted:
        versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
        print(f"rosenblatt {rosenblatt.__version__} ({versions})")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def train(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="A data set's name (see 'rosenblatt datasets'), an .npz file with arrays x and y, or a .csv file. "
            "The bundled Fashion-MNIST sample where nothing is named.",
            show_default=False,
        ),
    ] = None,
    layers: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LIST",
            help="Hidden layers, UNITS:ACTIVATION each, with commas between them or --layers repeated: "
            "512:relu,dropout:0.2,64:tanh. Also noise:0.1, batchnorm, layernorm; none for no hidden layer. "
            "[default: 100:relu]",
            show_default=False,
        ),
    ] = None,
    optimizer: Annotated[
        str, typer.Option(metavar="NAME", help="sgd, rmsprop, adam, adamw, nadam, adamax, adagrad or lion.")
    ] = "adam",
    lr: Annotated[
        float | None, typer.Option(metavar="RATE", help="The learning rate. [default: the optimizer's]")
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(metavar="N", help="Passes through the data. [default: 10; 100 for fewer than 2000 rows]"),
    ] = None,
    batch_size: Annotated[int, typer.Option(metavar="N", help="Rows in each step.")] = 32,
    validation: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Share of the rows held out for validation: chosen at random, of each class the same share.",
        ),
    ] = 0.2,
    seed: Annotated[
        int,
        typer.Option(metavar="N", help="Of the split, the first weights and the order of rows."),
    ] = 42,
    early_stopping: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Stop after N epochs in which the validation loss did not fall, and take the best epoch's weights.",
        ),
    ] = None,
    target: Target = None,
    task: Annotated[
        str | None,
        typer.Option(
            metavar="TASK",
            help="classification (softmax, cross-entropy) or regression (squared error). "
            "[default: as the target looks]",
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the model to this .safetensors or .keras file.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Draw the training by epoch into this .png, .svg or .pdf file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a network, and see how good it is on rows held out.

    A target of text, or of few different whole numbers, is taken for classes: softmax and cross-entropy, for two
    classes as for many. Other targets are numbers to be predicted. The scaling of the inputs is part of the model.

    After Ctrl-C the model is saved as it stands, if it has seen all rows once.

    \b
    Examples:
      rosenblatt train
      rosenblatt train fashion-mnist --layers 100:sigmoid --optimizer sgd
      rosenblatt train flowers.csv --target species --save flowers.safetensors
    """
    from rosenblatt.cli import training

    training.train(
        training.Settings(
            data=data,
            target=target,
            task=task,
            layers=layers or ["100:relu"],
            optimizer=optimizer,
            learning_rate=lr,
            epochs=epochs,
            batch_size=batch_size,
            validation=validation,
            seed=seed,
            early_stopping=early_stopping,
            save=save,
            plot=plot,
            as_json=as_json,
        )
    )


@app.command()
def evaluate(
    model: Model,
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="As for train; by default what the model was trained on. Its test part is measured, or all rows "
            "where it has none.",
            show_default=False,
        ),
    ] = None,
    target: Target = None,
    as_json: Json = False,
) -> None:
    """Measure a saved model: its loss and its accuracy or error.

    \b
    Examples:
      rosenblatt evaluate model.safetensors fashion-mnist
      rosenblatt evaluate flowers.safetensors more.csv --target species
    """
    from rosenblatt.cli import using

    using.evaluate(model, data, target, as_json)


@app.command()
def predict(
    model: Model,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Files of rows (.csv with a header, .npz with an array x) or pictures (.png, .jpg ...).",
        ),
    ],
    top: Annotated[
        int | None,
        typer.Option(metavar="K", help="Name the K most probable classes. [default: 1 for rows, 3 for pictures]"),
    ] = None,
    language: Language = "en",
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="A column of the .csv files to leave out: the answers.")
    ] = None,
    invert: Annotated[
        bool | None,
        typer.Option(
            "--invert/--no-invert",
            help="Exchange dark and light in pictures. [default: where the background is light]",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Predict rows of a file, or say what is on pictures.

    The answers are CSV: the file, the row in it from 0, and a number or the most probable classes.

    Pictures are made grey, cut out, resized and, on a light background, inverted, for networks are trained on light
    things on black. What was done is said on standard error.

    \b
    Examples:
      rosenblatt predict model.safetensors boot.png shirt.jpg --language ko
      rosenblatt predict flowers.safetensors new.csv > answers.csv
    """
    from rosenblatt.cli import using

    using.predict(model, inputs, target, language, top, invert, as_json)


@app.command()
def show(model: Model, as_json: Json = False) -> None:
    """Show a model file: layers, training, classes, history."""
    from rosenblatt.cli import using

    using.show(model, as_json)


@app.command()
def convert(
    model: Model,
    to: Annotated[
        Path,
        typer.Argument(metavar="TO", help="The new file: .safetensors, .keras, .onnx, or a program: .c, .js, .py."),
    ],
    int8: Annotated[bool, typer.Option("--int8", help="Round a program's kernels to eight bits: a quarter.")] = False,
    data: Annotated[
        str | None,
        typer.Option(metavar="DATA", help="As for evaluate: what --int8 costs is measured on it.", show_default=False),
    ] = None,
    target: Target = None,
) -> None:
    """Write a model's file in another format, or as a program.

    \b
    Examples:
      rosenblatt convert model.keras model.safetensors
      rosenblatt convert model.safetensors model.onnx
      rosenblatt convert model.safetensors predict.c --int8 --data fashion-mnist
    """
    from rosenblatt.cli import converting

    converting.convert(model, to, int8, data, target)


@app.command()
def ladder(
    rung: Annotated[
        str | None, typer.Option(metavar="N", help="Run this one only, 0 to 6 or xor, and tell what it shows.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Rung 6 on all of Fashion-MNIST, not on the bundled sample.")
    ] = False,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Run the ladder, from the perceptron of 1957 to ten classes.

    The table has the figure of every rung, and says whether it is the one published in the lecture notes.
    """
    from rosenblatt.cli import listing

    if rung is not None:
        listing.tell_rung(rung, language)
    else:
        listing.climb(full, language, as_json)


@app.command()
def datasets(as_json: Json = False) -> None:
    """List the data sets, and where they are on this machine."""
    from rosenblatt.cli import listing

    listing.list_datasets(as_json)


@app.command()
def playground(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[MODEL|ADDRESS]",
            help="A model's file to look into, or the address that a page shared (the part after # is enough). "
            "A small network to build and train where nothing is named.",
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The model's own rows, .csv or .npz; without MODEL, a .csv to learn from."),
    ] = None,
    target: Target = None,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Where to listen on this machine; 0 for any free port.")
    ] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page, or only print where.")] = True,
    language: Annotated[
        str | None, typer.Option("--language", "--lang", metavar="en|ko", help="[default: the browser's]")
    ] = None,
) -> None:
    """Open a page that shows a network while it learns.

    The page comes from this machine, and nothing leaves it. Its address is printed, and Ctrl-C ends it.

    \b
    Examples:
      rosenblatt playground
      rosenblatt playground 'data=spiral&layers=8:relu,8:relu' --lang ko
      rosenblatt playground flowers.safetensors --data flowers.csv --target species
    """
    from rosenblatt.cli import playing

    playing.play(model, data, target, port, browser, language)


@app.command()
def bench(
    quick: Annotated[
        bool, typer.Option("--quick", help="In some seconds: fewer rows, and without the other libraries.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure how fast this machine trains, beside other libraries.

    Prints the most that one core computes and the share of it that trainings reach, how long one row takes to predict,
    and an epoch of the libraries that are installed side by side. It takes a minute; what else the machine does
    meanwhile shows in the figures.
    """
    from rosenblatt.cli import measuring

    measuring.bench(quick, as_json)
