"""What intrudes on a private life is found, what names an office is let be, whatever the cause."""

import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from plaidoyer.lib import intrusions
from plaidoyer.lib.words import Words

LINES = [
    line.split("\t", 1)
    for line in (Path(__file__).parent / "private_lines.tsv").read_text().splitlines()
]

# Both sides of the same cause, in the same words.
CAUSES = [
    ("open the meadow", "close the meadow", "ouvrir le pré", "fermer le pré"),
    ("ban the pipeline", "build the pipeline", "interdire l’oléoduc", "construire l’oléoduc"),
    ("raise the tax", "lower the tax", "augmenter l’impôt", "baisser l’impôt"),
    ("vote yes", "vote no", "voter pour", "voter contre"),
    ("let more people in", "let fewer people in", "accueillir plus", "accueillir moins"),
    ("fund the clinic", "cut the clinic", "financer la clinique", "fermer la clinique"),
    ("allow the hunt", "end the hunt", "permettre la chasse", "cesser la chasse"),
    ("keep the statue", "remove the statue", "garder la statue", "retirer la statue"),
    ("arm the police", "disarm the police", "armer la police", "désarmer la police"),
    ("speed up the mine", "stop the mine", "hâter la mine", "arrêter la mine"),
]
SENTENCES = [
    ("Write to the minister to {}.", "Écrivez à la ministre pour {}."),
    (
        "Go to her house until she agrees to {}.",
        "Allez chez elle jusqu’à ce qu’elle accepte de {}.",
    ),
    ("Call the office at 613-555-0101 and ask to {}.", "Appelez le 613-555-0101 pour {}."),
    (
        "Her cell is 613-555-0142: ask to {}.",
        "Son cellulaire est le 613-555-0142 : demandez de {}.",
    ),
    ("Ask the minister’s wife to {}.", "Demandez à la femme du ministre de {}."),
    ("Parents want you to {} for their children.", "Des parents vous demandent de {}."),
    ("Send it to ada.vale@gmail.com: {}.", "Envoyez-le à ada.vale@gmail.com : {}."),
    ("The committee must {} before winter.", "Le comité doit {} avant l’hiver."),
    ("He lives at 7 Mill Street; tell him to {}.", "Il habite 7, rue du Moulin ; dites-lui de {}."),
    ("March to the ministry and demand to {}.", "Marchons vers le ministère pour {}."),
]


def mirrored():
    for cause in CAUSES:
        for english, french in SENTENCES:
            yield english.format(cause[0]), english.format(cause[1])
            yield french.format(cause[2]), french.format(cause[3])


def judged(text):
    return sorted({one.kind for one in intrusions.found(text)})


def test_what_intrudes_is_found_and_what_names_an_office_is_let_be():
    private = [text for label, text in LINES if label == "private"]
    public = [text for label, text in LINES if label == "public"]
    assert len(LINES) >= 300

    missed = [text for text in private if not intrusions.found(text)]
    false = [text for text in public if intrusions.found(text)]

    assert len(missed) <= 0.05 * len(private), missed
    assert len(false) <= 0.02 * len(public), false


def test_both_sides_of_a_cause_are_judged_alike():
    pairs = list(mirrored())
    assert len(pairs) == 200

    other = [pair for pair in pairs if judged(pair[0]) != judged(pair[1])]

    assert len(other) <= 2, other
    # Neither all nor none: the judgement was one.
    assert 50 < sum(bool(judged(one)) for one, _other in pairs) < 150


@pytest.mark.parametrize(
    "text", ["his " * 30_000, "12 rue " * 15_000, "1 2 3 " * 20_000, "@gmail" * 9]
)
def test_it_takes_a_moment_whatever_is_written(text):
    began = time.process_time()

    intrusions.found(text)

    assert time.process_time() - began < 1


def test_words_of_any_depth_are_looked_at_and_the_reason_is_told():
    with pytest.raises(ValidationError, match="where somebody lives"):
        intrusions.refused({"rules": [{"body": Words(en="Fine", fr="Allez chez elle ce soir")}]})

    assert intrusions.refused({"subject": Words(en="The meadow")}) == {
        "subject": Words(en="The meadow")
    }
