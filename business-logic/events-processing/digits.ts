const numbers = (count: number, digits: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => String(number).padStart(digits, '0'));

/** Texts of two digits, `00` to `99`, by their number: an event has several times to write. */
export const twoDigits = numbers(100, 2);

/** Texts of three digits, `000` to `999`, by their number. */
export const threeDigits = numbers(1_000, 3);
