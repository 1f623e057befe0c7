from django.urls import URLPattern, path

from referrals.views import (
    agreement,
    asking,
    authorising,
    breaches,
    caseload,
    cases,
    changes,
    clocks,
    correcting,
    criteria,
    drafts,
    ended,
    explaining,
    get_help,
    handing_over,
    library,
    needs,
    numbering,
    partner,
    policies,
    policy_copies,
    recording,
    schemes,
    session,
    speaking,
    summary,
    support,
    varying,
    victims,
    youth,
)

# The provider's pages. Police have the case page for the same referral.
provider_pages: list[URLPattern] = [
    path("inbox/", partner.inbox, name="inbox"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/session/<int:pk>/", session.session, name="session"),
    path("referrals/", ended.ended_list, name="ended_list"),
    path("referrals/<str:reference>/", partner.referral_page, name="referral_page"),
    path("referrals/<str:reference>/accept", partner.accept, name="referral_accept"),
    path("referrals/<str:reference>/decline", partner.decline, name="referral_decline"),
    path("referrals/<str:reference>/navigator", partner.assign, name="referral_assign"),
    path("referrals/<str:reference>/appointments", support.plan_appointment, name="appointment_plan"),
    path(
        "referrals/<str:reference>/appointments/<int:pk>/attendance",
        support.record_attendance,
        name="appointment_attendance",
    ),
    path("referrals/<str:reference>/contacts", support.record_contact, name="contact_record"),
    path("referrals/<str:reference>/conditions/<int:pk>", support.settle_condition, name="condition_settle"),
    path("referrals/<str:reference>/conditions/<int:pk>/change", varying.condition_change, name="condition_change"),
    path(
        "referrals/<str:reference>/appointments/<int:pk>/missed", varying.appointment_missed, name="appointment_missed"
    ),
    path("referrals/<str:reference>/changes/<int:pk>/take-back", varying.change_take_back, name="change_take_back"),
    path("referrals/<str:reference>/breach", breaches.put, name="breach_put"),
    path("referrals/<str:reference>/breach/<int:pk>/account", breaches.worker_account, name="breach_account"),
    path("referrals/<str:reference>/breach/<int:pk>/advice", breaches.worker_advice, name="breach_advice"),
    path("referrals/<str:reference>/close", support.close, name="referral_close"),
    path("referrals/<str:reference>/needs/", needs.needs_page, name="referral_needs"),
    path("referrals/<str:reference>/needs/outcomes", needs.outcomes, name="needs_outcomes"),
    path("referrals/<str:reference>/needs/<str:point>", needs.review, name="needs_review"),
    path("referrals/<str:reference>/about", needs.about_person, name="about_person"),
    # People with no offence alleged: nobody but the service's own workers gets here.
    path("asking/", asking.help_list, name="help_list"),
    path("asking/write-down", asking.write_down, name="help_write_down"),
    path("asking/duty/begin", asking.begin_duty, name="duty_begin"),
    path("asking/duty/end", asking.end_duty, name="duty_end"),
    path("asking/<str:reference>/", asking.help_page, name="help_page"),
    path("asking/<str:reference>/take-up", asking.take_up, name="help_take_up"),
    path("asking/<str:reference>/contacts", asking.note_contact, name="help_contact"),
    path("asking/<str:reference>/stop", asking.stop, name="help_stop"),
    path("asking/<str:reference>/close", asking.close, name="help_close"),
    path("asking/<str:reference>/merge", asking.merge, name="help_merge"),
]

# A victim of one crime of one case.
VICTIM = "cases/<str:reference>/victims/<int:pk>/"

# The officer's and the supervisor's pages.
police_pages: list[URLPattern] = [
    path("victims/", victims.victim_list, name="victim_list"),
    path(VICTIM, victims.victim_page, name="victim_page"),
    path(f"{VICTIM}view", victims.victim_view, name="victim_view"),
    path(f"{VICTIM}contact", victims.victim_contact, name="victim_contact"),
    path(f"{VICTIM}wishes", victims.victim_wishes, name="victim_wishes"),
    path(f"{VICTIM}number", victims.victim_number, name="victim_number"),
    path(f"{VICTIM}told/<int:duty>", victims.victim_told, name="victim_told"),
    path(f"{VICTIM}review/<int:duty>", victims.victim_review, name="victim_review"),
    path("cases/<str:reference>/time-limit", clocks.time_limit, name="case_time_limit"),
    path("clocks/", clocks.clock_board, name="clock_board"),
    path("decisions/new", recording.record_decision, name="record_decision"),
    path("decisions/unfinished/<uuid:submission>/let-go", drafts.let_go, name="draft_let_go"),
    path("decisions/summary", summary.read_pasted, name="summary_read"),
    path("help/", get_help.get_help, name="get_help"),
    path("help/sent/<slug:slug>/", get_help.help_sent, name="help_sent"),
    path("decisions/search", recording.search_people, name="person_search"),
    path("cases/", cases.case_list, name="case_list"),
    path("cases/<str:reference>/", cases.case_page, name="case_page"),
    path("cases/<str:reference>/agreement", agreement.agreement_paper, name="agreement_paper"),
    path("cases/<str:reference>/refer", cases.refer_again, name="case_refer"),
    path("cases/<str:reference>/crimes/<int:pk>/correct", correcting.correct, name="crime_correct"),
    path("cases/<str:reference>/crimes/<int:pk>/number", numbering.enter_number, name="crime_number"),
    path("cases/<str:reference>/conditions/<int:pk>", cases.settle_condition, name="case_condition"),
    path("cases/<str:reference>/explain", explaining.explain, name="case_explain"),
    path("cases/<str:reference>/answer", cases.answer_question, name="case_answer"),
    path("cases/<str:reference>/decide", cases.decide_after_failure, name="case_decide"),
    path("cases/<str:reference>/assessment", youth.note_assessment, name="case_assessment"),
    path("cases/<str:reference>/youth/<int:pk>/tell", youth.tell, name="case_youth_tell"),
    path("cases/<str:reference>/youth/<int:pk>/not-kept", youth.note_not_kept, name="case_youth_not_kept"),
    path("cases/<str:reference>/youth/<int:pk>/end", youth.finish, name="case_youth_finish"),
    path("cases/<str:reference>/steps/<int:pk>", changes.answer_step, name="case_step"),
    path("changes/<int:pk>/", changes.change_page, name="change_page"),
    path("cases/<str:reference>/breach", breaches.ask, name="breach_ask"),
    path("breaches/<int:pk>/", breaches.breach_page, name="breach_page"),
    path("changes/<int:pk>/victim", changes.change_victim, name="change_victim"),
    path("authorisations/", authorising.authorisation_list, name="authorisation_list"),
    path("authorisations/<str:reference>/", authorising.authorise, name="authorise"),
    path("authorisations/<str:reference>/confirm", speaking.confirm_authority, name="confirm_authority"),
    path("cases/<str:reference>/authority", speaking.spoken_authority, name="spoken_authority"),
]

# For whoever leads a team, at the police and at a provider.
shared_pages: list[URLPattern] = [
    path("hand-over/", handing_over.holder_list, name="holder_list"),
    path("hand-over/<int:pk>/", handing_over.hand_over, name="hand_over"),
]

# The coordinator's pages.
scheme_pages: list[URLPattern] = [
    path("schemes/", schemes.scheme_list, name="scheme_list"),
    path("schemes/add", schemes.scheme_add, name="scheme_add"),
    path("schemes/library/", library.library_list, name="library_list"),
    path("schemes/library/<slug:slug>/", library.library_adopt, name="library_adopt"),
    path("scheme/<slug:slug>/", schemes.scheme_page, name="scheme_page"),
    path("scheme/<slug:slug>/rules", schemes.rules_add, name="scheme_rules_add"),
    path("scheme/<slug:slug>/capacity", schemes.scheme_capacity, name="scheme_capacity"),
    path("scheme/<slug:slug>/telephone", schemes.scheme_telephone, name="scheme_telephone"),
    path("scheme/<slug:slug>/end", schemes.scheme_end, name="scheme_end"),
    path("scheme/<slug:slug>/sharing", schemes.sharing_agree, name="scheme_sharing"),
    path("scheme/<slug:slug>/appointments", schemes.slots_offer, name="scheme_slots"),
    path("scheme/<slug:slug>/appointments/<int:pk>/withdraw", schemes.slot_withdraw, name="scheme_slot_withdraw"),
]

# Drafting, previewing, signing and copying the force's policy and its schemes' criteria.
CRITERIA = "policies/<str:reference>/criteria/<str:key>"
policy_pages: list[URLPattern] = [
    path("policies/", policies.policy_list, name="policy_list"),
    path("policies/schemes/<slug:slug>/", policy_copies.scheme_rules, name="scheme_rules"),
    path("policies/schemes/<slug:slug>/draft", policy_copies.scheme_draft, name="scheme_draft"),
    path("policies/schemes/<slug:slug>/copy", policy_copies.scheme_copy, name="scheme_copy"),
    path("policies/<str:reference>/", policies.policy_version, name="policy_version"),
    path("policies/<str:reference>/draft", policies.policy_draft, name="policy_draft"),
    path("policies/<str:reference>/about", policies.policy_describe, name="policy_describe"),
    path("policies/<str:reference>/settings", policies.policy_settings, name="policy_settings"),
    path("policies/<str:reference>/preview", policies.policy_preview, name="policy_preview"),
    path("policies/<str:reference>/sign", policies.policy_sign, name="policy_sign"),
    path("policies/<str:reference>/withdraw", policies.policy_withdraw, name="policy_withdraw"),
    path("policies/<str:reference>/copy", policy_copies.policy_copy, name="policy_copy"),
    path("policies/<str:reference>/terms", schemes.scheme_terms, name="scheme_terms"),
    path(f"{CRITERIA}/add", criteria.criterion_add, name="criterion_add"),
    path(f"{CRITERIA}/<str:name>/", criteria.criterion_edit, name="criterion_edit"),
    path(f"{CRITERIA}/<str:name>/remove", criteria.criterion_remove, name="criterion_remove"),
    path(f"{CRITERIA}/<str:name>/parts/<str:path>/", criteria.part_edit, name="part_edit"),
    path(f"{CRITERIA}/<str:name>/parts/<str:path>/join/<str:how>", criteria.part_join, name="part_join"),
    path(f"{CRITERIA}/<str:name>/parts/<str:path>/<str:how>", criteria.part_change, name="part_change"),
]

urlpatterns: list[URLPattern] = [*provider_pages, *police_pages, *shared_pages, *scheme_pages, *policy_pages]
