"""The published code list of indicators, each with its paragraph: a guide, never a score (¶5.10)."""

from enum import StrEnum


class Indicator(StrEnum):
    """A sign that a child may have been trafficked."""

    ENTERED_ILLEGALLY = "entered_illegally"
    NO_IDENTIFICATION = "no_identification"
    FALSE_DOCUMENTATION = "false_documentation"
    UNACCOUNTED_MONEY_OR_GOODS = "unaccounted_money_or_goods"
    MALNOURISHED = "malnourished"
    CANNOT_NAME_WHO_MEETS_THEM = "cannot_name_who_meets_them"
    JOURNEY_ARRANGED_BY_OTHERS = "journey_arranged_by_others"
    ADULT_INSISTS_ON_REMAINING = "adult_insists_on_remaining"
    WITHDRAWN_OR_AFRAID = "withdrawn_or_afraid"
    PREPARED_STORY = "prepared_story"
    UNEXPECTED_MATURITY = "unexpected_maturity"
    MOBILE_PHONE_BUT_NO_MONEY = "mobile_phone_but_no_money"
    RELUCTANT_TO_GIVE_DETAILS = "reluctant_to_give_details"
    SPONSOR_OF_OTHER_CHILDREN = "sponsor_of_other_children"
    SPONSOR_OF_OVERSTAYERS = "sponsor_of_overstayers"
    UNEXPLAINED_CALLS_IN_PLACEMENT = "unexplained_calls_in_placement"
    PHYSICAL_OR_SEXUAL_ABUSE = "physical_or_sexual_abuse"
    MISSING_LINKS_AND_MOVES = "missing_links_and_moves"
    MISSING_FROM_CARE = "missing_from_care"
    MUST_EARN_MINIMUM = "must_earn_minimum"
    WORKS_IN_VARIOUS_LOCATIONS = "works_in_various_locations"
    LIMITED_FREEDOM_OF_MOVEMENT = "limited_freedom_of_movement"
    MISSING_FOR_PERIODS = "missing_for_periods"
    BEGS_FOR_MONEY = "begs_for_money"
    EXCESSIVE_HOUSEWORK = "excessive_housework"
    POOR_RELATIONSHIP_WITH_CARERS = "poor_relationship_with_carers"
    UNRELATED_CHILDREN_AT_ADDRESS = "unrelated_children_at_address"
    NOT_REGISTERED_WITH_GP = "not_registered_with_gp"
    NOT_ENROLLED_IN_SCHOOL = "not_enrolled_in_school"
    DEBT_TO_PAY_OFF = "debt_to_pay_off"
    DEPRIVED_OF_EARNINGS = "deprived_of_earnings"
    EXCESSIVELY_AFRAID_OF_DEPORTATION = "excessively_afraid_of_deportation"
    REGISTERED_AT_SCHOOL_THEN_DISAPPEARED = "registered_at_school_then_disappeared"
    REGISTRATION_AND_DEREGISTRATION = "registration_and_deregistration"
    MANY_CHILDREN_AT_HOLIDAY_ADDRESS = "many_children_at_holiday_address"
    SEXUALLY_EXPLOITED_WITHIN_UK = "sexually_exploited_within_uk"
    PAPERWORK_SAID_TO_BE_MISSING = "paperwork_said_to_be_missing"
    ACCOUNTS_DO_NOT_MATCH = "accounts_do_not_match"
    CARS_OR_ENQUIRIES_AT_PLACEMENT = "cars_or_enquiries_at_placement"
    OTHER = "other"


PARAGRAPHS: dict[Indicator, str] = {
    Indicator.ENTERED_ILLEGALLY: "5.7",
    Indicator.NO_IDENTIFICATION: "5.7",
    Indicator.FALSE_DOCUMENTATION: "5.7",
    Indicator.UNACCOUNTED_MONEY_OR_GOODS: "5.7",
    Indicator.MALNOURISHED: "5.7",
    Indicator.CANNOT_NAME_WHO_MEETS_THEM: "5.7",
    Indicator.JOURNEY_ARRANGED_BY_OTHERS: "5.7",
    Indicator.ADULT_INSISTS_ON_REMAINING: "5.7",
    Indicator.WITHDRAWN_OR_AFRAID: "5.7",
    Indicator.PREPARED_STORY: "5.7",
    Indicator.UNEXPECTED_MATURITY: "5.7",
    Indicator.MOBILE_PHONE_BUT_NO_MONEY: "5.7",
    Indicator.RELUCTANT_TO_GIVE_DETAILS: "5.7",
    Indicator.SPONSOR_OF_OTHER_CHILDREN: "5.8",
    Indicator.SPONSOR_OF_OVERSTAYERS: "5.8",
    Indicator.UNEXPLAINED_CALLS_IN_PLACEMENT: "5.9",
    Indicator.PHYSICAL_OR_SEXUAL_ABUSE: "5.9",
    Indicator.MISSING_LINKS_AND_MOVES: "5.9",
    Indicator.MISSING_FROM_CARE: "5.9",
    Indicator.MUST_EARN_MINIMUM: "5.9",
    Indicator.WORKS_IN_VARIOUS_LOCATIONS: "5.9",
    Indicator.LIMITED_FREEDOM_OF_MOVEMENT: "5.9",
    Indicator.MISSING_FOR_PERIODS: "5.9",
    Indicator.BEGS_FOR_MONEY: "5.9",
    Indicator.EXCESSIVE_HOUSEWORK: "5.9",
    Indicator.POOR_RELATIONSHIP_WITH_CARERS: "5.9",
    Indicator.UNRELATED_CHILDREN_AT_ADDRESS: "5.9",
    Indicator.NOT_REGISTERED_WITH_GP: "5.9",
    Indicator.NOT_ENROLLED_IN_SCHOOL: "5.9",
    Indicator.DEBT_TO_PAY_OFF: "5.9",
    Indicator.DEPRIVED_OF_EARNINGS: "5.9",
    Indicator.EXCESSIVELY_AFRAID_OF_DEPORTATION: "5.9",
    Indicator.REGISTERED_AT_SCHOOL_THEN_DISAPPEARED: "2.15",
    Indicator.REGISTRATION_AND_DEREGISTRATION: "4.7",
    Indicator.MANY_CHILDREN_AT_HOLIDAY_ADDRESS: "4.8",
    Indicator.SEXUALLY_EXPLOITED_WITHIN_UK: "5.13",
    Indicator.PAPERWORK_SAID_TO_BE_MISSING: "5.32",
    Indicator.ACCOUNTS_DO_NOT_MATCH: "5.31",
    Indicator.CARS_OR_ENQUIRIES_AT_PLACEMENT: "5.65",
    Indicator.OTHER: "5.10",
}
