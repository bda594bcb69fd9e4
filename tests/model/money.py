#!/usr/bin/env python3
"""A model of clauses D, P and the month, written from the regulation alone, to be compared with the engine.

It reads one scenario per line (JSON) and writes one answer per line.  Money is an integer of minor units,
ratios are basis points, base points and base units are integers of hundredths.  Months ("2026-03"), dates
and instants are texts of fixed width: comparing the texts compares the time.
"""
import calendar
import json
import sys

WARNING_FLOOR = 40000  # D5: 400.00 each or more
MINOR_FLOOR = 80000  # D5: 800.00 or more per base unit, each

# ---- sums, order, months ----

def split(total, weights):
    """Money, A23: floors, then the cents left one each to the largest remainders, ties by id ascending."""
    whole = sum(weights.values())
    shares = {name: total * weight // whole for name, weight in weights.items()}
    left = total - sum(shares.values())
    if left:
        for name in sorted(weights, key=lambda name: (-(total * weights[name] % whole), name))[:left]:
            shares[name] += 1
    return shares

def replaced(case, cases):
    """A16: a later case of its chain was closed in the same month and settles in its place."""
    return any(other["chain"] == case["chain"] and other["month"] == case["month"] and place(other) > place(case)
               for other in cases)

def number_key(number):
    """A14: numbers sort by their period, then by the serial as a number."""
    return [int(part) for part in number.split("-")]

def place(case):
    """A22: oldest first is by the instant of the decision, then by number."""
    return (case["decided_at"], number_key(case["number"]))

def last_day(month):
    """A5: the date of the last day of a month."""
    return "%s-%02d" % (month, calendar.monthrange(int(month[:4]), int(month[5:]))[1])

def next_month(month):
    """A5, A20: the month after."""
    year, number = int(month[:4]), int(month[5:])
    return "%04d-01" % (year + 1) if number == 12 else "%04d-%02d" % (year, number + 1)

# ---- P: the loss, who carries it, what is deducted ----

def p_loss(case):
    """M9-7, A17, A25: the sum of the loss basis; foreign lines are added up, then converted once, half up."""
    home = foreign = 0
    for line in case["lines"]:
        if line["basis"] == "amount":
            amount = line["amount"]
        elif line["basis"] == "returned":
            amount = max(0, line["quantity"] * line["unit_price"] - line["proceeds"])
        else:
            amount = sum(line["parts"])
        if line["foreign"]:
            foreign += amount
        else:
            home += amount
    if foreign:
        scale = 10 ** case["rate"]["scale"]
        home += (2 * foreign * case["rate"]["mantissa"] + scale) // (2 * scale)
    return home

def during(span, day):
    """Whether a day is in a span of days that goes on until another day, or has no end."""
    return span["from"] <= day and (span["until"] is None or day < span["until"])

def base_points(units, case, scenario):
    """A24, P4, P5: members with base points on the production date, else on the closing month's last day;
    who is in several of the units has the points of all, and who is gone is in none."""
    day = case["production_date"] or last_day(case["month"])
    points = {}
    for member in scenario["members"]:
        if member["unit"] in units and member["points"] > 0 and during(member, day):
            if not any(during(gone, day) for gone in scenario["gone"].get(member["employee"], [])):
                points[member["employee"]] = points.get(member["employee"], 0) + member["points"]
    return points

def away(scenario, employee, month):
    """A24: that the person was gone for the whole month, which has no bonus then."""
    return [gone for gone in scenario["gone"].get(employee, []) if during(gone, month + "-01") and during(gone, last_day(month))]

def carriers(party, case, scenario):
    """P1, P2, M9-13: a party's department, and its persons with the weights by which they carry its share.
    P2, P5: a department named whole is the unit of its name, or else everyone in its units."""
    kind, name = party["party"].split(":", 1)
    if kind == "person":
        return party["department"], {name: 1}
    if kind in ("supplier", "customer", "company"):
        return None, {}
    units = scenario["units"]
    if kind == "department":
        among = [name] if name in units else [unit for unit in units if units[unit]["department"] == name]
        department = name
    else:
        among, department = [name], units[name]["department"]
    points = base_points(among, case, scenario)
    # Nobody is charged for a department beyond M12, nor for a case that was replaced: it may have nobody with points.
    charged = department in scenario["tables"]["deducted_departments"] and not replaced(case, scenario["cases"])
    if not points and (kind == "unit" or charged):
        raise ValueError("A24: the base points of %s add to 0" % party["party"])
    return department, points

def to_persons(amounts, case):
    """D2, P3: each party's amount goes to its persons; who carries for several parties has the sum."""
    persons = {}
    for party, amount in amounts.items():
        for employee, share in split(amount, case["carriers"][party][1]).items():
            persons[employee] = persons.get(employee, 0) + share
    return persons

def deductions(case, month, departments):
    """P3, M9-12, M12, A23: the part charged (rounded down) of each party of a deducted department, to its
    persons; the part is that of the penalty criteria, or of the last objection upheld until that month."""
    part, since = case["charged_bp"], ""
    for change in case["changes"]:
        if since <= change["month"] <= month:
            part, since = change["charged_bp"], change["month"]
    deducted = [party for party in case["carriers"] if case["carriers"][party][0] in departments]
    return to_persons({party: case["parties_loss"][party] * part // 10000 for party in deducted}, case)

# ---- D: the resale month, the grade, the fine ----

def d_loss(resale):
    """D1, A5, A17: the month ends with the same date of the next month, or its last day.  Sold part = grade-A
    value - proceeds, never below 0; unsold part = its actual loss; known when all is sold or the month ends."""
    end = min(next_month(resale["decided_at"][:7]) + resale["decided_at"][7:10],
              last_day(next_month(resale["decided_at"][:7])))
    known = end if resale["quantity"] else resale["decided_at"]
    sold = proceeds = 0
    for sale in sorted(resale["sales"], key=lambda sale: sale["at"]):
        if sale["at"][:10] <= end:
            if sold < resale["quantity"] <= sold + sale["quantity"]:
                known = sale["at"]
            sold += sale["quantity"]
            proceeds += sale["proceeds"]
    unsold = resale["quantity"] - sold
    loss = max(0, sold * resale["grade_a"] - proceeds) + unsold * resale["actual_loss"]
    return {"minor": loss, "settles": known[:7]}

def grade_of(share, table):
    """D3, A2: the row with the highest "from" that the share reaches (the figure itself included)."""
    reached = [row for row in table if row["from"] <= share]
    return max(reached, key=lambda row: row["from"])["grade"] if reached else "none"

def graded(case, loss, ratios, table):
    """D2, D3, A18: each person's share of the loss by the same ratios, and the grade it proposes."""
    shares = to_persons(split(loss, ratios), case)
    return {name: {"share": share, "grade": grade_of(share, table)} for name, share in shares.items()}

def fine(decision):
    """D5, A28: warnings add up; a minor demerit is rate x base units, rounded down; never below the floors."""
    if decision["grade"] == "warning":
        return decision["count"] * max(decision["rate"], WARNING_FLOOR)
    if decision["grade"] == "minor":
        return decision["count"] * (max(decision["rate"], MINOR_FLOOR) * decision["base_units"] // 100)
    return 0

# ---- the month ----
# A person has items ("deductions" and "fines" by chain), whole-bonus decisions ("forfeits" by chain),
# the months whose bonus has been "charged", and "lines" that tell what happened.
# An item has its "case", its "place" in the order, "amounts" [(month, amount from then on)], and what was "taken" for it:
# [month of the bonus, what of it is not given back], in the order in which it was charged.

def person_of(persons, employee):
    """P3: each person is settled on his own."""
    if employee not in persons:
        persons[employee] = {"deductions": {}, "fines": {}, "forfeits": {}, "charged": set(), "lines": []}
    return persons[employee]

def paid(item, bonus_month=None):
    """P3: what bonuses paid for an item, all or that of one month, and was not given back."""
    return sum(minor for taken, minor in item["taken"] if bonus_month in (None, taken))

def give(item, minor, bonus_month=None):
    """A16, A20: what is given back is of the bonus that was corrected, else of those charged last."""
    for part in reversed(item["taken"]):
        if bonus_month in (None, part[0]):
            back = min(minor, part[1])
            part[1] -= back
            minor -= back

def bring_discipline(chain, cases, month, persons, scenario):
    """D5, A17, A20: what was decided comes with its settlement month, or late: with the month in which it is known.
    Late too it is for the bonus of its settlement month, or for the next whose bonus is not yet charged; a month in
    which the person was away has none (A24).
    A16: a chain has one fine, that of its last case in which something was decided about the person; the item
    keeps the place of the case that first put it there."""
    came = {}
    for case in cases:  # oldest first
        for decision in case["discipline"]:
            if max(decision["month"], decision["known"]) <= month:
                came[decision["employee"]] = (case, decision)
    for employee, (case, decision) in came.items():
        if max(decision["month"], decision["known"]) == month:
            person = person_of(persons, employee)
            bring_forfeit(chain, case, decision, person, month, scenario)
            bring_fine(chain, case, decision, person)

def bring_forfeit(chain, case, decision, person, month, scenario):
    """D5, A16, A21: a month is forfeited once; it is given back when no decision forfeits it any more."""
    forfeit = person["forfeits"].get(chain)
    if decision["grade"] == "major":
        taken = decision["month"]
        while taken in person["charged"] or any(gone["until"] for gone in away(scenario, decision["employee"], taken)):
            taken = next_month(taken)
        if forfeit is None:
            person["forfeits"][chain] = {"case": chain, "place": place(case), "month": taken, "taken": [], "lifted": False}
        elif forfeit["lifted"]:
            still = any(other["month"] == forfeit["month"] and not other["lifted"] for other in person["forfeits"].values())
            if not (still and forfeit["month"] in person["charged"]):
                forfeit["month"] = taken
            forfeit["lifted"] = False
    elif forfeit and not forfeit["lifted"]:
        forfeit["lifted"] = True
        same = [other for other in person["forfeits"].values() if other["month"] == forfeit["month"]]
        if all(other["lifted"] for other in same):
            for other in oldest_first({other["case"]: other for other in same}):
                note(person, month, None, "given_back", other["case"], paid(other))
                give(other, paid(other))

def bring_fine(chain, case, decision, person):
    """D5, A16: what the last decision fines, from its settlement month on, and no earlier than an amount before it."""
    items = person["fines"]
    if chain not in items and fine(decision) > 0:
        items[chain] = {"case": chain, "place": place(case), "amounts": [], "taken": []}
    if chain in items:
        amounts = items[chain]["amounts"]
        if fine(decision) > 0 or amounts[-1][1] > 0:
            amounts.append((max([decision["month"]] + [taken for taken, _ in amounts]), fine(decision)))

def bring_deductions(chain, cases, month, persons, departments):
    """A16, M9-12: a chain has one loss, that of its last closed case; a new form or a change of the part
    charged corrects each person's amount.  The item keeps the place of the case that first put it there; a case
    replaced before it was ever settled puts nothing there."""
    settled = [case for case in cases if case["month"] <= month]  # oldest first
    new_form = any(case["month"] == month for case in settled)
    if not new_form and not (settled and any(change["month"] == month for change in settled[-1]["changes"])):
        return
    amounts = deductions(settled[-1], month, departments)
    for employee, amount in amounts.items():
        items = person_of(persons, employee)["deductions"]
        if amount > 0 and chain not in items:
            items[chain] = {"case": chain, "place": place(settled[-1]), "amounts": [], "taken": []}
    for employee, person in persons.items():
        if chain in person["deductions"]:
            person["deductions"][chain]["amounts"].append((month, amounts.get(employee, 0)))

def note(person, month, bonus_month, kind, case, minor):
    """P3, D5: a line says what was charged or given back, only if there was something."""
    if minor > 0:
        person["lines"].append({"settled": month, "bonus": bonus_month, "kind": kind, "case": case, "minor": minor})

def oldest_first(items):
    """A22: by the place in the order."""
    return sorted(items.values(), key=lambda item: item["place"])

def give_back(person, month):
    """A16: what was charged above the new amount is given back in the month of the correction."""
    for item in oldest_first(person["fines"]) + oldest_first(person["deductions"]):
        excess = paid(item) - item["amounts"][-1][1]
        if excess > 0:
            note(person, month, None, "given_back", item["case"], excess)
            give(item, excess)

def unpaid(item, bonus_month):
    """A16, A20: what this month's bonus may pay: no amount, and no raise of an amount, of a later month."""
    amount = 0
    for month, new_amount in item["amounts"]:
        amount = new_amount if month <= bonus_month else min(amount, new_amount)
    return max(0, amount - paid(item))

def pay(person, items, room, month, bonus_month, kind):
    """A21, A22: charge the items, oldest first, as far as there is room; returns the room left."""
    for item in oldest_first(items):
        minor = min(room, unpaid(item, bonus_month))
        item["taken"].append([bonus_month, minor])
        room -= minor
        note(person, month, bonus_month, kind, item["case"], minor)
    return room

def forfeits_of(person, bonus_month):
    """D5, A16: the decisions by which the bonus of a month is forfeited, the oldest first."""
    return [item for item in oldest_first(person["forfeits"]) if item["month"] == bonus_month and not item["lifted"]]

def amount_of(bonus, month):
    """A20: what a bonus is known to be in a month: what it was corrected to last, else what was told first."""
    corrected = [later for later in bonus.get("corrected", []) if later["known"] <= month]
    return max(corrected, key=lambda later: later["known"])["minor"] if corrected else bonus["minor"]

def give_back_too_much(person, bonus, month, ceiling_bp):
    """P3, A21: what a charged bonus paid beyond what the corrected one may pay, in the order in which it is charged, is
    given back, the last item first; a fine and a deduction are owed again.  A larger one pays no more: it was paid out."""
    left = amount_of(bonus, month)
    ceiling = left * ceiling_bp // 10000
    back = []
    for kind in ("forfeits", "fines", "deductions"):
        left = min(left, ceiling) if kind == "deductions" else left
        for item in oldest_first(person[kind]):
            keeps = min(left, paid(item, bonus["month"]))
            left -= keeps
            back.append((item, paid(item, bonus["month"]) - keeps))
    for item, minor in reversed(back):
        note(person, month, bonus["month"], "given_back", item["case"], minor)
        give(item, minor, bonus["month"])

def forfeit_rest(person, bonus, month):
    """D5: of a forfeited bonus that turned out larger the whole is taken too, for the decision for which it was taken."""
    forfeits = forfeits_of(person, bonus["month"])
    holders = [item for item in person["forfeits"].values() if paid(item, bonus["month"]) > 0]
    if forfeits:
        minor = amount_of(bonus, month) - sum(paid(item, bonus["month"]) for item in holders)
        item = (holders + forfeits)[0]
        item["taken"].append([bonus["month"], minor])
        note(person, month, bonus["month"], "whole_bonus", item["case"], minor)

def charge_bonus(person, bonus, month, ceiling_bp):
    """A21: (1) the whole bonus, (2) fines, (3) P3 up to the smaller of the ceiling and what is left."""
    left = amount_of(bonus, month)
    ceiling = left * ceiling_bp // 10000
    for item in forfeits_of(person, bonus["month"])[:1]:
        item["taken"].append([bonus["month"], left])
        note(person, month, bonus["month"], "whole_bonus", item["case"], left)
        left = 0
    left = pay(person, person["fines"], left, month, bonus["month"], "fine")
    pay(person, person["deductions"], min(ceiling, left), month, bonus["month"], "deduction")
    person["charged"].add(bonus["month"])

def settle_month(month, scenario, chains, bonuses, persons):
    """A19-A22, A24: the items of the month, corrections, also of bonuses, then each known bonus once, the oldest first."""
    for chain, cases in chains.items():
        bring_deductions(chain, cases, month, persons, scenario["tables"]["deducted_departments"])
        bring_discipline(chain, cases, month, persons, scenario)
    for person in persons.values():
        give_back(person, month)
    ceiling_bp = scenario["tables"]["ceiling_bp"]
    known = [(person_of(persons, bonus["employee"]), bonus) for bonus in bonuses
             if bonus["month"] <= month and bonus["known"] <= month]
    charged = [(person, bonus) for person, bonus in known if bonus["month"] in person["charged"]]
    for person, bonus in charged:
        give_back_too_much(person, bonus, month, ceiling_bp)
    for person, bonus in charged:
        forfeit_rest(person, bonus, month)
    for person, bonus in known:
        if bonus["month"] not in person["charged"] and not away(scenario, bonus["employee"], bonus["month"]):
            charge_bonus(person, bonus, month, ceiling_bp)

def owing(person):
    """P3, A24: what remains is deducted in the following months, or is a claim on who has left."""
    rest = []
    for kind, items in (("deduction", person["deductions"]), ("fine", person["fines"])):
        for item in sorted(items.values(), key=lambda item: number_key(item["case"])):
            minor = unpaid(item, "9999-12")
            if minor > 0:
                rest.append({"kind": kind, "case": item["case"], "minor": minor})
    return rest

# ---- a scenario ----

def sums(month, cases, departments):
    """M9-10, M9-13, A16: what the cases closed in a month lost, and what of it is charged and what recovered."""
    counted = [case for case in cases if case["month"] == month and not replaced(case, cases)]
    return {"loss": sum(sum(case["parties_loss"].values()) for case in counted),
            "charged": sum(sum(deductions(case, month, departments).values()) for case in counted),
            "recovered": sum(minor for case in counted for party, minor in case["parties_loss"].items()
                             if party.startswith(("supplier:", "company:")))}

def assess(case, scenario):
    """D2, A16, A17, A23: a case's loss, its parties' shares (ratios add to 10,000), its persons' charges and grades."""
    tables = scenario["tables"]
    ratios = {party["party"]: party["bp"] for party in case["parties"]}
    if sum(ratios.values()) != 10000:
        raise ValueError("A23: the ratios of %s do not add to 10,000" % case["number"])
    loss = p_loss(case)
    resale = d_loss(case["resale"]) if case["resale"] else None
    for decision in case["discipline"] if resale else []:  # D1, A17: it waits for the loss on goods that came back
        decision["month"] = max(decision["month"], resale["settles"])
    case["parties_loss"] = split(loss, ratios)
    case["carriers"] = {party["party"]: carriers(party, case, scenario) for party in case["parties"]}
    return {"loss": loss, "parties": case["parties_loss"], "d_loss": resale,
            "charged": {} if replaced(case, scenario["cases"]) else
                       deductions(case, case["month"], tables["deducted_departments"]),
            "graded": graded(case, resale["minor"] if resale else loss, ratios, tables["discipline"])}

def settle(scenario):
    """M12, A19: assess every case, then settle the months one after the other."""
    cases = sorted(scenario["cases"], key=place)
    assessed = {case["number"]: assess(case, scenario) for case in cases}
    chains, persons = {}, {}
    for case in cases:
        chains.setdefault(case["chain"], []).append(case)
    bonuses = sorted(scenario["bonuses"], key=lambda bonus: bonus["month"])
    for month in scenario["months"]:
        settle_month(month, scenario, chains, bonuses, persons)
    departments = scenario["tables"]["deducted_departments"]
    months = {month: sums(month, cases, departments) for month in scenario["months"]}
    lines = {employee: person["lines"] for employee, person in persons.items()}
    rest = {employee: owing(person) for employee, person in persons.items()}
    return {"cases": assessed, "months": months, "persons": {employee: lines[employee] for employee in lines if lines[employee]},
            "owing": {employee: rest[employee] for employee in rest if rest[employee]}}

def main():
    """A scenario that the rules refuse is answered with the clause that refuses it."""
    for line in sys.stdin:
        scenario = json.loads(line)
        try:
            answer = settle(scenario)
        except ValueError as refusal:
            answer = {"refused": str(refusal)}
        print(json.dumps(answer, sort_keys=True, separators=(",", ":"), ensure_ascii=False))

if __name__ == "__main__":
    main()
