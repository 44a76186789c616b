/**
 * What really happened in one run of the generator, from its own decisions. Days and months are UTC; months are their
 * first day; money is a decimal string with four places, virtual currency one with two. A player's days, cohort and
 * payments are told per application. Lists are in no order that matters; a row that is not there stands for nothing.
 */
export interface Truth {
  readonly seed: string;
  /** First and last day on which an accepted event happened. */
  readonly first_date: string;
  readonly last_date: string;
  /** The day the run ends on: what is told of a cohort so many days later is null unless that day lies before this. */
  readonly as_of_date: string;
  /** Events sent, each copy counted; requests sent again without an answer are not. */
  readonly sent: number;
  /** Events whose request was answered with success. */
  readonly acknowledged: number;
  /** Accepted events, each (application_id, event_id) once. */
  readonly accepted: number;
  /** Further copies of accepted events. */
  readonly duplicates: number;
  readonly rejected: number;
  /** Events held back and sent later than events that happened after them. */
  readonly late: number;
  readonly applications: readonly ApplicationTruth[];
  readonly rejected_events: readonly {
    /** An application that may be unregistered. */
    readonly application_id: string;
    readonly reason: string;
    readonly events: number;
  }[];
  readonly events_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly event_type: string;
    readonly events: number;
  }[];
  readonly active_players_per_day: readonly (DayCount & {
    /** Active on the day or one of the six before it. */
    readonly players_7_days: number;
    /** Active on the day or one of the twenty-nine before it. */
    readonly players_30_days: number;
  })[];
  readonly new_players_per_day: readonly DayCount[];
  readonly new_players_by_month: readonly {
    readonly application_id: string;
    readonly month: string;
    readonly players: number;
  }[];
  /** Of the players new on a day, those who came back exactly so many days later. */
  readonly retention: readonly (DayCount & {
    readonly day_1: number | null;
    readonly day_3: number | null;
    readonly day_7: number | null;
    readonly day_14: number | null;
    readonly day_30: number | null;
  })[];
  /** Players by what their latest event of the day that says anything about it says; null where none does. */
  readonly versions_per_day: readonly (DayCount & { readonly app_version: string | null })[];
  readonly countries_per_day: readonly (DayCount & { readonly country: string | null })[];
  readonly platforms_per_day: readonly (DayCount & { readonly platform: string | null })[];
  /** Sessions by the day they begin on. */
  readonly sessions_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly sessions: number;
    /** Last event minus first, summed. */
    readonly session_milliseconds: number;
  }[];
  /** Players with a purchase on the day, and those for whom it was the first. */
  readonly payers_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly payers: number;
    readonly first_time_payers: number;
  }[];
  /** Refunds taken off the revenue; transactions and payers are those of purchases. */
  readonly revenue_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly currency_type: string;
    readonly revenue: string;
    readonly transactions: number;
    readonly payers: number;
  }[];
  readonly revenue_by_month: readonly {
    readonly application_id: string;
    readonly month: string;
    readonly currency_type: string;
    readonly purchases: number;
    readonly payers: number;
    readonly revenue: string;
  }[];
  readonly revenue_per_currency: readonly {
    readonly application_id: string;
    readonly currency_type: string;
    readonly revenue: string;
    readonly payers: number;
  }[];
  /** Revenue of the players new on a day, through the day so many days later; a row per currency of the application. */
  readonly lifetime_revenue: readonly (DayCount & {
    readonly currency_type: string;
    readonly through_0: string | null;
    readonly through_1: string | null;
    readonly through_3: string | null;
    readonly through_7: string | null;
    readonly through_14: string | null;
    readonly through_30: string | null;
  })[];
  /** Players who reached each step in its order, within seven days of the first. */
  readonly funnel: readonly {
    readonly application_id: string;
    readonly step: number;
    readonly event_type: string;
    readonly players: number;
  }[];
  readonly levels: readonly {
    readonly application_id: string;
    readonly level_id: string;
    readonly level_version: string;
    readonly starts: number;
    readonly failures: number;
    readonly completions: number;
    /** Players with a start. */
    readonly starters: number;
    /** Players with a completion. */
    readonly completers: number;
  }[];
  readonly economy_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly virtual_currency: string;
    readonly earned: string;
    readonly spent: string;
  }[];
  readonly ratings_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly ratings: number;
    readonly rating_sum: number;
  }[];
  readonly player_reports: readonly {
    readonly application_id: string;
    readonly report_reason: string;
    readonly reports: number;
  }[];
}

export interface ApplicationTruth {
  readonly application_id: string;
  readonly name: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly players: number;
  /** Players who started any level. */
  readonly level_starters: number;
}

export interface DayCount {
  readonly application_id: string;
  readonly event_date: string;
  readonly players: number;
}
