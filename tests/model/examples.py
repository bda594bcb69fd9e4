#!/usr/bin/env python3
"""The worked examples 2 to 4 and 6 to 9 of the regulation's clauses D, P and the month, each as a whole
scenario.  Exits non-zero on failure."""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import money  # noqa: E402  (the directory must be on the path first)

failures = []

def check(what, found, expected):
    """Compare and remember."""
    if found != expected:
        failures.append("%s: %r, the rulebook says %r" % (what, found, expected))

def minor(text):
    """ "1,234.57" is 123457 minor units."""
    return int(text.replace(",", "").replace(".", ""))

def printed(amount):
    """123457 minor units are "1,234.57"."""
    return "{:,}.{:02d}".format(amount // 100, amount % 100)

def case(number, decided_at, loss, parties, **more):
    """A case closed when it was decided, with a loss of one line; parties {id: basis points}."""
    listed = [{"party": party, "bp": bp} for party, bp in parties.items()]
    for party in listed:
        if party["party"].startswith("person:"):
            party["department"] = "manufacturing"
    return dict({"number": number, "chain": number, "month": decided_at[:7], "decided_at": decided_at,
                 "production_date": None, "lines": [{"basis": "amount", "amount": minor(loss), "foreign": False}],
                 "rate": None, "parties": listed, "charged_bp": 10000, "discipline": [], "resale": None,
                 "changes": []}, **more)

def bonus(month, amount, known=None):
    """The bonus of the person E1."""
    return {"employee": "E1", "month": month, "minor": minor(amount), "known": known or month}

def decided(grade, month):
    """One disciplinary decision on the person E1, at the lowest rate."""
    return {"employee": "E1", "grade": grade, "count": 1, "rate": 40000, "base_units": 100, "month": month,
            "known": month}

def settle(cases, bonuses=(), months=("2026-03",)):
    """Settle a scenario with the example tables and the group of 5.0, 3.0, 2.0 and 1.5 base points."""
    members = [{"unit": "group", "employee": "G%d" % place, "points": points, "from": "2026-01-01", "until": None}
               for place, points in enumerate((500, 300, 200, 150), 1)]
    return money.settle(json.loads(json.dumps({
        "tables": {"discipline": [{"from": 0, "grade": "none"}, {"from": 100000, "grade": "warning"},
                                  {"from": 500000, "grade": "minor"}, {"from": 2000000, "grade": "major"}],
                   "warning": 40000, "minor": 80000, "ceiling_bp": 5000,
                   "deducted_departments": ["manufacturing", "sales", "service"]},
        "units": {"group": {"kind": "group", "department": "manufacturing"}}, "members": members,
        "cases": cases, "bonuses": list(bonuses), "gone": {}, "months": list(months)})))

def shares(answer, which):
    """The first case's "parties" or "charged" in the order of their ids, printed."""
    found = next(iter(answer["cases"].values()))[which]
    return [printed(found[name]) for name in sorted(found)]

def paid(answer):
    """What happened to E1: month settled, month of the bonus, kind, case, amount."""
    return ["%(settled)s %(bonus)s %(kind)s %(case)s " % line + printed(line["minor"])
            for line in answer["persons"].get("E1", [])]

def owed(answer):
    """What E1 still owes."""
    return ["%(kind)s %(case)s " % item + printed(item["minor"]) for item in answer["owing"].get("E1", [])]

ALONE = {"person:E1": 10000}
N1, N2, N3 = "26-03-01", "26-03-02", "26-03-03"
FOUR_MONTHS = ["2026-04", "2026-05", "2026-06", "2026-07"]

def example_2():
    """D2, A23: sharing by ratios."""
    answer = settle([case(N1, "2026-03-20T10:00:00", "10,000.00", {"person:E1": 7000, "person:E2": 3000})])
    check("2, 70/30", shares(answer, "parties"), ["7,000.00", "3,000.00"])
    thirds = {"person:E1": 3334, "person:E2": 3333, "person:E3": 3333}
    answer = settle([case(N1, "2026-03-20T10:00:00", "100.00", thirds)])
    check("2, thirds", shares(answer, "parties"), ["33.34", "33.33", "33.33"])

def example_3():
    """P3, P4: a group's loss by base points."""
    answer = settle([case(N1, "2026-03-20T10:00:00", "1,000.00", {"unit:group": 10000})])
    check("3", shares(answer, "charged"), ["434.78", "260.87", "173.91", "130.44"])

def example_4():
    """P3: the ceiling, the rest in the following months."""
    answer = settle([case(N1, "2026-04-20T10:00:00", "2,300.00", ALONE)], months=FOUR_MONTHS[:3], bonuses=[
        bonus("2026-04", "3,000.00"), bonus("2026-05", "1,000.00"), bonus("2026-06", "2,000.00")])
    check("4", paid(answer), ["2026-04 2026-04 deduction 26-03-01 1,500.00",
                              "2026-05 2026-05 deduction 26-03-01 500.00",
                              "2026-06 2026-06 deduction 26-03-01 300.00"])
    check("4, rest", owed(answer), [])

def example_6():
    """A21, A22: one ceiling for all cases, the oldest first."""
    cases = [case(N3, "2026-05-06T10:00:00", "500.00", ALONE), case(N2, "2026-04-20T10:00:00", "900.01", ALONE),
             case(N1, "2026-04-03T10:00:00", "1,200.00", ALONE)]
    answer = settle(cases, months=FOUR_MONTHS, bonuses=[
        bonus("2026-04", "2,000.01"), bonus("2026-05", "1,600.00"), bonus("2026-06", "1,500.00"),
        bonus("2026-07", "900.00")])
    check("6", paid(answer), ["2026-04 2026-04 deduction 26-03-01 1,000.00",
                              "2026-05 2026-05 deduction 26-03-01 200.00",
                              "2026-05 2026-05 deduction 26-03-02 600.00",
                              "2026-06 2026-06 deduction 26-03-02 300.01",
                              "2026-06 2026-06 deduction 26-03-03 449.99",
                              "2026-07 2026-07 deduction 26-03-03 50.01"])
    check("6, rest", owed(answer), [])

def example_7():
    """D5, A21, A22: the whole bonus, a bonus that becomes known later; fines before P3."""
    demerit = case(N2, "2026-05-10T10:00:00", "0.00", ALONE, discipline=[decided("major", "2026-05")])
    answer = settle([case(N1, "2026-04-20T10:00:00", "1,500.00", ALONE), demerit], months=FOUR_MONTHS, bonuses=[
        bonus("2026-04", "2,000.00"), bonus("2026-05", "1,800.00"),
        bonus("2026-06", "600.00", known="2026-07"), bonus("2026-07", "1,000.00")])
    check("7, first half", paid(answer), ["2026-04 2026-04 deduction 26-03-01 1,000.00",
                                          "2026-05 2026-05 whole_bonus 26-03-02 1,800.00",
                                          "2026-07 2026-06 deduction 26-03-01 300.00",
                                          "2026-07 2026-07 deduction 26-03-01 200.00"])
    check("7, first half, rest", owed(answer), [])
    warned = case(N1, "2026-04-20T10:00:00", "1,000.00", ALONE, discipline=[decided("warning", "2026-04")])
    answer = settle([warned], months=FOUR_MONTHS[:2], bonuses=[bonus("2026-04", "700.00"), bonus("2026-05", "1,000.00")])
    check("7, second half", paid(answer), ["2026-04 2026-04 fine 26-03-01 400.00",
                                           "2026-04 2026-04 deduction 26-03-01 300.00",
                                           "2026-05 2026-05 deduction 26-03-01 500.00"])
    check("7, second half, rest", owed(answer), ["deduction 26-03-01 200.00"])

def example_8():
    """A23, M9-13: group, person and supplier; the supplier's share is deducted from nobody."""
    parties = {"unit:group": 4500, "person:E1": 3300, "supplier:S1": 2200}
    answer = settle([case(N1, "2026-03-20T10:00:00", "1,234.57", parties)])
    found = answer["cases"][N1]
    check("8", [printed(found["parties"][party]) for party in parties], ["555.56", "407.41", "271.60"])
    check("8, persons", {name: printed(share) for name, share in found["charged"].items()}, {
        "G1": "241.55", "G2": "144.93", "G3": "96.62", "G4": "72.46", "E1": "407.41"})
    answer = settle([case(N1, "2026-03-20T10:00:00", "1,234.57",
                          {"person:E2": 3750, "person:E1": 3750, "supplier:S1": 2500})])
    check("8, tie", shares(answer, "parties"), ["462.97", "462.96", "308.64"])

def example_9():
    """D1, D3, A5, A17: the resale month and the grade."""
    in_time, last_second, too_late = "2026-02-10T10:00:00", "2026-02-28T23:59:59", "2026-03-01T00:00:00"
    for quantity, proceeds, at, loss, grade in (
            (120, "4,200.00", in_time, "5,000.00", "minor"), (120, "4,200.01", in_time, "4,999.99", "warning"),
            (200, "7,000.00", in_time, "3,000.00", "warning"), (0, "0.00", in_time, "8,000.00", "minor"),
            (120, "4,200.00", last_second, "5,000.00", "minor"), (120, "4,200.00", too_late, "8,000.00", "minor"),
            (200, "7,000.00", last_second, "3,000.00", "warning"), (200, "7,000.00", too_late, "8,000.00", "minor")):
        resale = {"decided_at": "2026-01-31T15:00:00", "quantity": 200, "grade_a": 5000, "actual_loss": 4000,
                  "sales": [{"at": at, "quantity": quantity, "proceeds": minor(proceeds)}] if quantity else []}
        answer = settle([case(N1, "2026-01-31T15:00:00", "1.00", ALONE, resale=resale)], months=["2026-01", "2026-02"])
        found, what = answer["cases"][N1], "9, %d for %s at %s" % (quantity, proceeds, at)
        check(what, [printed(found["d_loss"]["minor"]), found["d_loss"]["settles"]], [loss, "2026-02"])
        check(what + ", grade", found["graded"], {"E1": {"share": minor(loss), "grade": grade}})

def a_chain_replaced_in_one_month():
    """A16, A22: a case replaced before it was ever settled gives no place in the order; one that was settled does."""
    first = case(N1, "2026-03-01T10:00:00", "100.00", ALONE)
    other = case(N2, "2026-03-10T10:00:00", "200.00", ALONE)
    for new_form, line in (("2026-03-20T10:00:00", "2026-03 2026-03 deduction 26-03-02 200.00"),
                           ("2026-04-20T10:00:00", "2026-04 2026-04 deduction 26-03-01 300.00")):
        cases = [first, other, case(N3, new_form, "300.00", ALONE, chain=N1)]
        found = paid(settle(cases, months=["2026-03", "2026-04"], bonuses=[
            bonus(new_form[:7], "1,000.00")]))
        check("replaced by a form of " + new_form[:7], found[0], line)

def a_bonus_that_was_another():
    """P3, D5, A20, A21: half of the true 3,000.00 is 1,500.00, and the rest is owed again; of a forfeited bonus nothing is."""
    mistyped = dict(bonus("2026-03", "30,000.00"), corrected=[{"minor": minor("3,000.00"), "known": "2026-04"}])
    answer = settle([case(N1, "2026-03-20T10:00:00", "9,000.00", ALONE)], [mistyped], ["2026-03", "2026-04"])
    check("a mistyped bonus", paid(answer) + owed(answer), [
        "2026-03 2026-03 deduction 26-03-01 9,000.00", "2026-04 2026-03 given_back 26-03-01 7,500.00",
        "deduction 26-03-01 7,500.00"])
    forfeited = case(N1, "2026-03-20T10:00:00", "0.00", ALONE, discipline=[decided("major", "2026-03")])
    answer = settle([forfeited], [mistyped], ["2026-03", "2026-04"])
    check("a mistyped bonus, forfeited", paid(answer) + owed(answer), [
        "2026-03 2026-03 whole_bonus 26-03-01 30,000.00", "2026-04 2026-03 given_back 26-03-01 27,000.00"])

def parties_named_whole():
    """M9-13, P2, P5: another company is charged nowhere; a department without a unit of its name is all its units."""
    answer = settle([case(N1, "2026-03-20T10:00:00", "100.00", {"company:C1": 5000, "department:manufacturing": 5000})])
    check("a whole department", {name: printed(share) for name, share in answer["cases"][N1]["charged"].items()}, {
        "G1": "21.74", "G2": "13.04", "G3": "8.70", "G4": "6.52"})

for example in (a_chain_replaced_in_one_month, a_bonus_that_was_another, parties_named_whole, example_2, example_3, example_4, example_6, example_7, example_8, example_9):
    example()
print("\n".join(failures) if failures else "the worked examples agree")
sys.exit(1 if failures else 0)
