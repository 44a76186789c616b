/**
 * TRY_CAST of text without TRY_CAST, which PostgreSQL has not: a pattern decides whether the cast is tried. Patterns do
 * without `\`, and each CASE tests before it casts, since the parts of an AND have no order.
 */

/** Whole numbers of 64 (or 32) bits; a DECIMAL of 38 digits holds whatever is compared with the bounds. */
export function tryWhole(type: 'bigint' | 'integer'): string {
  const [least, most] =
    type === 'bigint' ? ['-9223372036854775808', '9223372036854775807'] : ['-2147483648', '2147483647'];
  const inBounds = `CAST(arg1 AS DECIMAL(38, 0)) BETWEEN ${least} AND ${most}`;
  return `CASE WHEN arg1 ~ '^[+-]?[0-9]{1,38}$' THEN CASE WHEN ${inBounds} THEN CAST(arg1 AS ${type.toUpperCase()}) END END`;
}

/**
 * Numbers that a double holds: of up to 200 digits, or in the exponent's notation up to 1e307 and down to 1e-307. What lies
 * beyond (a double goes to 1.8e308) becomes null, since the cast fails where the number does not fit.
 */
export const tryDouble =
  "CASE WHEN arg1 ~ '^[+-]?([0-9]{1,200}([.][0-9]{0,200})?([eE][+-]?[0-9]{1,2})?|[0-9]([.][0-9]{0,200})?[eE][+-]?([12][0-9]{2}|30[0-7]))$' " +
  'THEN CAST(arg1 AS DOUBLE PRECISION) END';

/** Numbers of so many digits; further places are rounded. In the exponent's notation the number goes through a double. */
export function tryDecimal(digits: number, places: number): string {
  const whole = digits - places;
  const plain = `'^[+-]?0*[0-9]{0,${whole}}([.][0-9]*)?$'`;
  const type = `DECIMAL(${digits}, ${places})`;
  const rounded = `CAST(arg1 AS DECIMAL(38, ${places}))`;
  const bound = `1${'0'.repeat(whole)}`;
  return (
    `CASE WHEN arg1 ~ ${plain} AND arg1 ~ '[0-9]' AND length(arg1) <= 200 ` +
    `THEN CASE WHEN abs(${rounded}) < ${bound} THEN CAST(${rounded} AS ${type}) END ` +
    `WHEN arg1 ~ '^[+-]?[0-9]([.][0-9]{0,200})?[eE][+-]?[0-9]{1,2}$' ` +
    `THEN CASE WHEN abs(CAST(arg1 AS DOUBLE PRECISION)) < ${bound} ` +
    `THEN CAST(CAST(arg1 AS DOUBLE PRECISION) AS ${type}) END END`
  );
}

const month31 = '(0?[13578]|1[02])-(0?[1-9]|[12][0-9]|3[01])';
const month30 = '(0?[469]|11)-(0?[1-9]|[12][0-9]|30)';
const february = '0?2-(0?[1-9]|1[0-9]|2[0-8])';
const leapYear = '([12][0-9](0[48]|[2468][048]|[13579][26])|(1[26]|2[048])00)';
/** Days from the year 1000 to 2999 that the calendar has. */
const day = `([12][0-9]{3}-(${month31}|${month30}|${february})|${leapYear}-0?2-29)`;
const time = '([01]?[0-9]|2[0-3]):[0-5]?[0-9](:[0-5]?[0-9]([.][0-9]{1,9})?)?';

export const tryDate = `CASE WHEN arg1 ~ '^${day}$' THEN CAST(arg1 AS DATE) END`;

export const tryTimestamp = `CASE WHEN arg1 ~ '^${day}( ${time})?$' THEN CAST(arg1 AS TIMESTAMP) END`;
