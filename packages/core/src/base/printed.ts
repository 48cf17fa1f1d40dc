/** Objects that Node prints as a text. */

/**
 * Makes a base class whose instances Node prints as a text.
 *
 * The member has a computed name, and a bundler keeps a class with such a member even in bundles that never use the class.
 */
/* @__NO_SIDE_EFFECTS__ */
export function printedAs(text: string): new () => object {
  return class {
    [Symbol.for('nodejs.util.inspect.custom')](): string {
      return text;
    }
  };
}
