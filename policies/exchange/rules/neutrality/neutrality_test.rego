package exchange.rules.neutrality_test

import data.exchange.rules.neutrality

_asked(kind, groups) := {
	"exchange_kind": kind,
	"facts": {"request_mode": "on_request"},
	"found": {"sender_groups": groups},
}

_unasked(kind, groups) := object.union(_asked(kind, groups), {"facts": {"request_mode": "spontaneous"}})

test_registers_answer_neutrally if {
	neutrality.neutral with input as _asked("REGISTER_REQUEST", ["REGISTRATION_OFFICE", "PUBLIC"])
	neutrality.neutral with input as _asked("IDENTITY_CHECK", ["ID_CARD_OFFICE", "PUBLIC"])
}

test_social_bodies_answer_neutrally if {
	neutrality.neutral with input as _asked("SOCIAL_DATA_REQUEST", ["SOCIAL_OFFICE", "SOCIAL_BODIES"])
}

test_kinds_with_informants_answer_neutrally if {
	neutrality.neutral with input as _asked("LICENCE_RELIABILITY", ["POLICE", "PUBLIC"])
}

test_others_need_not if {
	not neutrality.neutral with input as _asked("POLICE_COOPERATION", ["POLICE", "PUBLIC"])
}

test_who_was_not_asked_answers_nobody if {
	not neutrality.neutral with input as _unasked("REGISTER_REQUEST", ["REGISTRATION_OFFICE"])
	not neutrality.neutral with input as _unasked("CHILD_ENDANGERMENT", ["POLICE"])
}

test_nothing_is_neutral_of_the_empty_input if {
	neutrality.neutral == false with input as {"found": {"sender_groups": []}}
}
