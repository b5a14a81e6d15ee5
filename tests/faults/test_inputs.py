"""What stops a report before anything is started: the exit status, and nothing written."""

import pytest


def test_reports_folder_that_cannot_be_written(workshop, command):
    workshop.reports.write_text("a file in the place of the folder")
    status, out, err = command("report")
    assert status == 5
    assert out == ""
    assert "reports folder" in err
    assert workshop.reports.is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "discount_rat=0.1"], "did you mean 'discount_rate'"),
        (["--set", "discount_rate=much"], "column discount_rate: found 'much'"),
        (["--set", "gross_margin"], "key=value"),
        (["--scenario", "nobody"], "found 'nobody'"),
        (["--scenario", "../base"], "without a path"),
        (["--data", "nowhere"], "found 'nowhere'"),
        (["--unknown"], "--unknown"),
        (["--workers", "many"], "--workers"),
    ],
)
def test_bad_input_starts_nothing(workshop, command, monkeypatch, arguments, said):
    monkeypatch.setattr("retail_portfolio.run.notebooks.launch", None)
    status, out, err = command("report", *arguments)
    assert status == 2
    assert out == ""
    assert said in err
    assert not workshop.reports.exists()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (None, "a cell tagged 'parameters'"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\n', "found 'out_dir'"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\nout_dri = ""\n', "out_dir"),
        ('scenario = "base"\ndata_dir = ""\noverrides = []\nout_dir = ""\nsede = 1\n', "seed"),
        ("scenario = = 1", "a line a parameter"),
    ],
)
def test_notebook_with_wrong_parameters(workshop, command, monkeypatch, parameters, said):
    monkeypatch.setattr("retail_portfolio.run.notebooks.launch", None)
    workshop.notebook("02_beta", "1", parameters=parameters)
    status, _, err = command("report")
    assert status == 2
    assert "02_beta.ipynb" in err
    assert said in err
    assert not workshop.reports.exists()
