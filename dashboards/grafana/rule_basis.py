"""Which rules of the national pack are law and which are parameters of ours: what a table of sums says beside each rule.

A single alert tells the basis of the level that it reached. Sums by rule have no record, so they go by the rule's own; a test
compares these lists with the pack. Of a rule that is in neither nothing is said.
"""

from typing import Final

_STATUTORY: Final = """
R-ASST-01.b R-ASST-01.c R-AUC-01 R-CONS-01.c R-COOP-01 R-CTRL-04 R-DIR-02 R-DISP-01 R-FUND-01 R-FUND-02.a
R-FUND-02.b R-INIT-01 R-INIT-03.a R-INIT-03.b R-LEDG-01.a R-LEDG-01.b R-LEDG-01.c R-LEDG-01.d R-LEDG-01.e
R-LIST-02.a R-LIST-02.b R-LIST-03.a R-LIST-03.b R-LIST-03.c R-LIST-03.d R-LIST-03.e R-OBJ-01.a R-OBJ-01.b R-OBJ-01.c
R-OBJ-03 R-PET-01.a R-PET-01.b R-PET-01.c R-PRES-03.b R-TERM-01 R-TERM-02.a R-TERM-03 R-TERM-04 R-TERM-05
R-TERM-06.a R-TERM-06.b R-TERM-07 R-TIME-01 R-TIME-03.a R-TIME-03.b R-TIME-03.c
"""
_MANAGEMENT: Final = """
R-ASST-01.a R-ASST-01.d R-CONS-01.a R-CONS-01.b R-CONS-01.d R-CTRL-01.a R-CTRL-01.b R-CTRL-02 R-CTRL-03.a
R-CTRL-03.b R-CTRL-03.c R-DATA-01.a R-DATA-01.c R-DATA-02.a R-DATA-02.b R-DATA-02.c R-DIR-01.a R-DIR-01.b R-DIR-01.c
R-ENTR-02.a R-ENTR-02.b R-FUND-03 R-GOV-01.a R-GOV-01.b R-GOV-01.c R-GOV-01.d R-GOV-02.a R-GOV-02.b R-GOV-02.c
R-GOV-02.d R-INIT-03.c R-LIVE-01.a R-LIVE-01.b R-LIVE-01.c R-PRES-03.a R-SEQ-01.a R-SEQ-01.b R-SEQ-01.c R-SEQ-01.d
R-SEQ-01.e R-SEQ-01.f R-SEQ-01.g R-TERM-02.b R-TERM-08
"""
STATUTORY: Final = tuple(_STATUTORY.split())
MANAGEMENT: Final = tuple(_MANAGEMENT.split())
