/** Private fields on objects that others made, such as the contexts of a framework. */

/** Makes what it is given the object that a class below it puts its private fields on. */
export const Given: new (given: object) => object = function (this: unknown, given: object) {
  return given;
} as unknown as new (
  given: object,
) => object;
