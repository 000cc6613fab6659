"""The terms in which measures say which rows they count. Part of docs/indicators.md.

Whoever computes an indicator, in SQL or otherwise, goes by these words alone.
"""

WORDS = """\
**Events.** The events of `court.events.v1` as they hold: of two bodies of a chain under one (source, id) the lesser by
(recordedtime, digest), corrections applied, withdrawn ones gone, corrections themselves no events (`events_now`). Events of
types `sys.*` and restricted events don't count. *As known at the end of day K*: the same from the events and corrections
whose receivedtime lies before the end of K in Asia/Shanghai, and from the transitions of alerts whose clock does.

**Day.** The *day of an event* is the civil date of its `time` in Asia/Shanghai. Named dates (`filed_on`, `closed_on`) don't
count unless a definition names one. *End of day D* takes in all events of day D. "n days after" a day adds n; "n months
after" goes to the same day number, or the month's last day where there is none.

**Order.** *Before* and *after*, *first* and *last* of events go by (time, recordedtime, source, sequence, id), a sequence
that is absent lowest. *At or before* includes the event itself. "By the end of day D" goes by days.

**Rows.** A stock row whose end is not after its first day is none. Where an end isn't there the row stands on without one. Of
a row "by the end of that day" looks at what the log holds of that day and earlier, whenever it was entered.

**Fields.** A field is *told* if it is there, not null and not an empty text. One that isn't told equals nothing.

**Case.** All events of one subject. *Chain*: all subjects of one rootid. "In the case" = of the same subject and rootid.

**Court.** The *owner after an event* is the acting court (`courtcode`, else that in `source`) of the last `case.filed`,
`case.restored`, `case.application_received` at or before it in the case; a `case.transferred` counts likewise with its
`to_court` (its acting court where none is given); before any of these it is the acting court of the case's first event; `-`
where that is empty. Unless a definition says otherwise, the court of a row is the owner after the event that the row counts.
Below the Supreme People's Court are all rows, those of `-` and of courts that the tree doesn't know too.

**Proceeding (件).** Each case is a row of proceedings, one after another. Look at its *openings* (`case.filed`,
`case.restored`) and *endings* (`case.closed`, `case.transferred`, `case.refused`) in order. An opening begins a proceeding if
it is the first of these events or the one before it is an ending; an opening after an opening belongs to the proceeding that
is on. An ending ends the proceeding if the event before it is an opening; an ending after an ending, or before any opening,
counts for nothing.
- Its *opened day* is the day of the opening that began it, its *court* the acting court of that event (`-` if empty).
- Its *type*: begun by `case.filed`, the `case_type`, else the type code in its `case_no`. Begun by `case.restored`, the type
  code in `new_case_no` if there is one that can be read, else the type of the proceeding before in the case, else empty. A
  type code is what `contract.case_no.parse_case_no` says; a number that it refuses has none.
- Its *end day* is the day of its ending. It is *closed* if that is a `case.closed`, whose `mode` it has, or a
  `case.transferred` (mode 销案: the old number is struck off). Ended by `case.refused` it is ended but not closed.
- Its *tags* and whether it is *non-litigation* are those of the last `case.filed` in the case at or before its opening.
- Its *claim* is the last `claim_fen` told by a `case.filed` or `case.application_received` in the case at or before its
  ending.
- Its *reached amount* is the `paid_fen` of its `case.closed`, where told: what the court reports, capped at the claim;
  whether that agrees with the ledger is a matter of rule R-LEDG-02.
- *Enforcement types* (实施类) are 执 and 执恢.

**Stage.** Stages in order, and what reaches them: RECEIVED; FILED (`case.filed`, `case.restored`); ASSIGNED
(`case.officer_assigned`); NOTIFIED (`case.notice_issued`); INVESTIGATING (`inquiry.requested`); CONTROLLED
(`asset.controlled`); DISPOSING (`asset.price_started`, `auction.announced`); DISTRIBUTING (`fund.received`, `fund.matched`).
The *stage of a case after an event* is the last that is reached by the events of the case at or before it, but not before the
last `case.restored` at or before it.

**Pauses of a proceeding.** Spans of days [from, to):
1. `case.clock_paused` with clock `6mo` or `all` and ground 公告, 暂缓, 中止, 请示 or 执行争议协调: from its `from_on`, to the
   `to_on` of the first `case.clock_resumed` of the same clock after it;
2. `case.suspended`: from its day, to the day of the first `case.stay_ended` after it whose kind is not 暂缓 (or is not told);
3. `case.deferred`: from its day, to the lesser of its `until_on` (the span holds days before `until_on`) and the day of the
   first `case.stay_ended` after it whose kind is not 中止 (or is not told).
What has no end goes on without one. All such spans of the case count, whichever proceeding was on.
- *Paused days of a closed proceeding*: days d with opened day < d ≤ end day that lie in at least one span.

**Due day of a proceeding.** Six months after the opened day; three if non-litigation. Then pauses move it: take the spans by
(from, to) in order, with `reach` = the day after the opened day at first; for each let `start` = the greater of from and
reach; if start ≤ due day and to > start, the due day moves by (to − start) days; then reach = the greater of reach and to. A
span without end that begins on or before the due day makes it endless. Then an extension: the greatest `until_on` of the
`case.extension_approved` with approver_role 院长 or 副院长 in the case, after the opening and before the ending (or not yet
ended), if that is later. Last, a due day that isn't worked moves to the next day that is (the working calendar
`contract.calendar.cn_calendar()`).
- *Within the term*: end day ≤ due day.

**Property of a proceeding.** It has property from the *property day* on: the day of the first of these events in the case:
`asset.controlled` whose measure is not 轮候 and whose rank is absent or 1; `asset.paid_over`; `fund.received` with a
`case_no`; `fund.matched`. A closed proceeding is *with property* if such an event is at or before its ending. (管理参数: the
log has no such mark.)

**Termination (终本).** A proceeding closed in mode 终结本次执行程序. It *stands* from its end day up to the first day of any
of these after its ending: `term.masked` or `case.restored` in the case; `case.filed` or `case.restored` in another case of
the chain whose `prior_case_no` is the last `case_no` or `new_case_no` (of `case.filed`, `case.restored`) told in the case at
or before its ending.

**Pairs.** What belongs together by an id (petition, receipt, auction, request) belongs together within one case. Of several
events of one type under one id the first counts, the others don't; an answer counts only if it is after what it answers,
unless only days are compared. A field that isn't told makes no row where the row's amount or day needs it.

**Receipt.** Money of a case: for each `receipt_id` in the case the first of `fund.received` with a `case_no` and
`fund.matched` that tells an `amount_fen`. *Received day* = its day. *Notified day* = its `finance_notified_on`, else its day.
Its *due day* is 30 days after the notified day, moved by spans as that of a proceeding (reach = the day after the notified
day at first): `fund.deferral_approved` of the receipt with approver_role 局长 or 主管院长 and a reason, from its day to the
day of the first `fund.deferral_ended` of the receipt after it; then to a working day.
- *Taken* from it: by each `fund.disbursed` (the first of a `payment_id` in the case) and `fund.escrowed`, on that event's
  day, or on the received day if that is later: the sum of its `parts` that name the receipt; without parts all of its
  `amount_fen` if the receipt is the first of `receipt_ids`, or the `receipt_id`.
- *Left at the end of day d* = its amount less all that was taken on days ≤ d, never below 0.

**Step of an asset** (an asset_id of a case): 已控制 by `asset.controlled`, 定价中 by `asset.price_started`, 已定价 by
`asset.price_determined` or `auction.revoked`, 已公告 by `auction.announced`, 流拍 by `auction.failed`, 已成交 by
`auction.sold`, 已付清 by `auction.paid_in_full`; it has none from `auction.ruling_served`, `auction.delivered`,
`asset.in_kind_settled`, `asset.paid_over`, or an `asset.released` with another scope than 部分 (or none told) on. An
`asset.controlled` changes nothing where it has a step. Events of an auction are of the asset that the first
`auction.announced` of the auction_id in the case names, if that is at or before them.

**Step of a directive** (a directive_id of a case): 已发出 by its issue; after that 已签收 by `sup.directive_received`,
已反馈 by `sup.feedback_submitted`, 已退回 by a `sup.directive_closed` with verdict 退回. It *ends* with the first
`sup.directive_closed` after its issue with another verdict (or none told).

**Alert.** The standing alerts (`alerts_now`): those not retracted or superseded; without those of restricted rules. Raised
day, ended day and due day are the civil dates of `raised_at`, `ended_at` and `due_at`. Its court is the one in the record.
Its *severity at the end of day d* is the highest (yellow, orange, red) of those of its `levels` whose `reached_at` has a
civil date ≤ d; its *last severity* that of all that are reached. Its kind is the rule's id, `:` and a severity
(`R-TIME-01:red`).
"""
