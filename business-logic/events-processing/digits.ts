/** Texts by number, each made when it is first asked for: all of them would be a millisecond of every cold start. */
const textsBy = (count: number, make: (number: number) => string): ((number: number) => string) => {
  const made = Array.from<string | undefined>({ length: count });
  return (number) => (made[number] ??= make(number));
};

/** Two digits, `00` to `99`. */
export const twoDigits = textsBy(100, (number) => String(number).padStart(2, '0'));

/** Three digits, `000` to `999`. */
export const threeDigits = textsBy(1_000, (number) => String(number).padStart(3, '0'));

/** Thousandths as they are written behind a whole number: nothing, `.001` to `.999`, `.5`. */
export const fraction = textsBy(1_000, (thousandths) => String(thousandths / 1_000).slice(1));
