import {
  items,
  levelCount,
  maps,
  matchTypes,
  rarities,
  regions,
  reportReasons,
  spells,
  tutorialScreens,
} from './game-design.ts';
import type { Diary } from './diary.ts';
import { uuid4 } from './uuid.ts';

/** What a player carries from one session to the next. */
export interface Progress {
  level: number;
  rank: number;
  lastLoginAt: number | undefined;
  readonly refundable: Purchase[];
  /** Hundredths of each virtual currency. */
  readonly purse: Record<VirtualCurrency, number>;
}

type VirtualCurrency = 'coins' | 'gems' | 'tickets';

/** A purchase as its event told it. */
export interface Purchase {
  readonly transaction_id: string;
  readonly item_id: string;
  readonly currency_type: string;
  readonly currency_amount: number;
  readonly at: number;
}

const dayMs = 24 * 3600 * 1000;

export function newProgress(): Progress {
  return {
    level: 1,
    rank: 1,
    lastLoginAt: undefined,
    refundable: [],
    purse: { coins: 0, gems: 0, tickets: 0 },
  };
}

/** One visit, from session_start to session_end; the first one brings the registration and the tutorial. */
export function playSession(diary: Diary, progress: Progress, isFirst: boolean): void {
  const { random, player, place } = diary;

  if (random.chance(0.1)) diary.write('client_latency', latency(diary), { anonymous: true });
  if (player.sendsSessionId) diary.write('session_start', place);
  // Some players come from an old account system: nothing ever registers them.
  if (isFirst && !random.chance(0.1)) {
    diary.wait(1, 20);
    diary.write('user_registration', place);
  }
  logIn(diary, progress);
  if (isFirst) followTutorial(diary);

  const activities = 1 + random.repeats(0.62, 9);
  for (let count = 0; count < activities; count += 1) {
    diary.wait(5, 120);
    // Longer than the 30 minutes after which events without a session_id begin a new session.
    if (player.sendsSessionId && random.chance(0.02)) diary.wait(35 * 60, 50 * 60);
    doSomething(diary, progress);
  }
  shop(diary, progress);
  if (random.chance(0.04)) {
    diary.wait(2, 30);
    diary.write('user_sentiment', { user_rating: random.pickWeighted(ratings) });
  }
  // One in ten clients crashes or loses its network and never says goodbye.
  if (random.chance(0.1)) return;
  diary.wait(2, 60);
  diary.write('logout', { platform: place.platform, last_login_time: seconds(progress.lastLoginAt ?? diary.now()) });
  if (player.sendsSessionId) diary.write('session_end', place);
}

const ratings = [
  [1, 2],
  [2, 3],
  [3, 8],
  [4, 14],
  [5, 11],
] as const;

function logIn(diary: Diary, progress: Progress): void {
  diary.wait(1, 10);
  const last = progress.lastLoginAt;
  progress.lastLoginAt = diary.now();
  diary.write('login', {
    platform: diary.place.platform,
    ...(last === undefined ? {} : { last_login_time: seconds(last) }),
  });
  if (diary.random.chance(0.3)) earn(diary, progress, 'gems', diary.random.pick([5, 10, 125]), 'daily gift');
}

function followTutorial(diary: Diary): void {
  for (let screen = 1; screen <= tutorialScreens; screen += 1) {
    if (diary.random.chance(0.06)) return;
    diary.wait(8, 90);
    diary.write('tutorial_progression', { tutorial_screen_id: String(screen), tutorial_screen_version: '1' });
  }
}

function doSomething(diary: Diary, progress: Progress): void {
  const choice = diary.random.next();
  if (choice < 0.55) tryLevel(diary, progress);
  else if (choice < 0.78) playMatch(diary, progress);
  else if (choice < 0.9) browse(diary);
  else if (choice < 0.96) openLootbox(diary, progress);
  else diary.write('client_latency', latency(diary));
}

/** A level is started once and ends at most once, so completions and failures never exceed starts. */
function tryLevel(diary: Diary, progress: Progress): void {
  const { random, player } = diary;
  const level = Math.min(progress.level, levelCount);
  const attempt = {
    level_id: String(level),
    // A new version of the later levels went out to some of the players.
    level_version: level > 5 && player.index % 3 === 0 ? '2' : '1',
    match_id: uuid4(random),
    platform: diary.place.platform,
  };
  diary.write('level_started', attempt);
  diary.wait(20, 240);
  const outcome = random.next();
  const skill = 0.9 - level * 0.02;
  if (outcome < skill) {
    diary.write('level_completed', { ...attempt, level_score: random.integer(100, 5000) });
    progress.level += 1;
    earn(diary, progress, 'coins', 2500 + 100 * level, 'level');
  } else if (outcome < skill + 0.75 * (1 - skill)) {
    diary.write('level_failed', attempt);
  }
}

function playMatch(diary: Diary, progress: Progress): void {
  const { random, player } = diary;
  const teller = { withoutSession: player.playsOnServers };
  const match = { match_id: uuid4(random), match_type: random.pick(matchTypes) };
  const place = { match_id: match.match_id, map_id: random.pick(maps) };

  // Entry to a tournament, from what an earlier purchase brought.
  if (progress.purse.tickets > 0 && random.chance(0.5)) spend(diary, progress, 'tickets', 100, 'tournament');
  diary.write('matchmaking_start', match);
  diary.wait(3, 60);
  if (random.chance(0.08)) {
    diary.write('matchmaking_failed', { ...match, matchmaking_failed_msg: 'no opponents nearby — try again ☕' });
    return;
  }
  diary.write('matchmaking_complete', { ...match, matched_slots: random.integer(2, 8) });
  diary.wait(1, 10);
  diary.write('match_start', place, teller);
  const knockouts = random.repeats(0.5, 5);
  for (let count = 0; count < knockouts; count += 1) {
    diary.wait(5, 90);
    diary.write(
      'user_knockout',
      { ...place, spell_id: random.pick(spells), exp_gained: random.integer(5, 50) },
      teller,
    );
  }
  if (random.chance(0.05)) {
    diary.wait(1, 30);
    diary.write('user_report', { report_id: uuid4(random), report_reason: random.pickWeighted(reportReasons) });
  }
  diary.wait(20, 200);
  const result = random.pickWeighted([
    ['win', 47],
    ['loss', 48],
    ['draw', 5],
  ] as const);
  const end = {
    ...place,
    match_type: match.match_type,
    match_result_type: result,
    exp_gained: random.integer(20, 300),
    most_used_spell: random.pick(spells),
  };
  diary.write('match_end', end, teller);
  if (result === 'win') earn(diary, progress, 'coins', random.integer(500, 3000), 'match');
  if (result === 'win' && random.chance(0.25)) {
    progress.rank += 1;
    diary.write('user_rank_up', { user_rank_reached: String(progress.rank) });
  }
}

function browse(diary: Diary): void {
  const views = 1 + diary.random.repeats(0.5, 4);
  for (let count = 0; count < views; count += 1) {
    diary.wait(2, 40);
    diary.write('item_viewed', { item_id: diary.random.pick(items), item_version: '1' });
  }
}

/** A box that the purse cannot pay for is a gift. */
function openLootbox(diary: Diary, progress: Progress): void {
  const { random } = diary;
  const cost = random.pick([100, 250, 500]);
  const isPaid = spend(diary, progress, 'coins', cost * 100, 'lootbox');
  diary.write('lootbox_opened', {
    lootbox_id: uuid4(random),
    lootbox_cost: isPaid ? cost : 0,
    item_rarity: random.pickWeighted(rarities),
    item_id: random.pick(items),
    item_version: '1',
  });
}

function shop(diary: Diary, progress: Progress): void {
  const { random, player } = diary;
  const purchases = Math.floor(player.spending) + (random.chance(player.spending % 1) ? 1 : 0);
  for (let count = 0; count < purchases; count += 1) {
    diary.wait(10, 180);
    const tier = Math.min(player.country.prices.length - 1, Math.floor(random.pareto(0.9)) - 1);
    const purchase = {
      transaction_id: uuid4(random),
      item_id: random.pick(items),
      currency_type: player.country.currency,
      currency_amount: player.country.prices[tier]!,
    };
    diary.write('iap_transaction', { ...purchase, ...tradeDetails(diary) });
    // A basket of two: one transaction, told line by line.
    if (random.chance(0.06)) {
      const item = { item_id: random.pick(items), currency_amount: player.country.prices[0]! };
      diary.write('iap_transaction', { ...purchase, ...item, ...tradeDetails(diary) });
    }
    earn(diary, progress, tier > 1 ? 'tickets' : 'gems', 100 * (tier + 1), 'purchase');
    if (random.chance(0.08)) progress.refundable.push({ ...purchase, at: diary.now() });
  }
  if (random.chance(0.2)) spend(diary, progress, 'gems', random.pick([5, 15, 110]), 'hint');
  const [refund] = progress.refundable;
  if (refund && diary.now() - refund.at > dayMs) {
    progress.refundable.shift();
    diary.wait(10, 60);
    diary.write('iap_transaction', {
      transaction_id: refund.transaction_id,
      item_id: refund.item_id,
      currency_type: refund.currency_type,
      currency_amount: -refund.currency_amount,
      ...tradeDetails(diary),
    });
  }
}

function tradeDetails({ place }: Diary): Record<string, unknown> {
  return { item_version: '1', item_amount: 1, ...place };
}

function earn(diary: Diary, { purse }: Progress, currency: VirtualCurrency, hundredths: number, from: string): void {
  purse[currency] += hundredths;
  diary.write('currency_earned', {
    virtual_currency: currency,
    virtual_amount: hundredths / 100,
    earned_from: from,
    platform: diary.place.platform,
  });
}

/** Spends if the purse holds so much; says whether it did. */
function spend(diary: Diary, { purse }: Progress, currency: VirtualCurrency, hundredths: number, on: string): boolean {
  if (purse[currency] < hundredths) return false;
  purse[currency] -= hundredths;
  diary.write('currency_spent', {
    virtual_currency: currency,
    virtual_amount: hundredths / 100,
    spent_on: on,
    platform: diary.place.platform,
  });
  return true;
}

function latency({ random, place }: Diary): Record<string, unknown> {
  return {
    latency: random.integer(12, 400),
    region: random.pick(regions),
    connectivity: random.pick(['wifi', 'cellular', 'wired']),
    platform: place.platform,
  };
}

function seconds(at: number): number {
  return Math.floor(at / 1000);
}
