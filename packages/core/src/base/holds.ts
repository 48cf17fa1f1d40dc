/** Tells values apart by a member: brands such as `~group` hold across copies of the package, and plain JavaScript passes anything. */

type With<Name extends string> = { readonly [N in Name]: unknown };

/** Of several types those with the member; what is not known to have it gets it. */
type Holding<Value, Name extends string> = [Extract<Value, With<Name>>] extends [never]
  ? Value & object & With<Name>
  : Extract<Value, With<Name>>;

/** Whether a value is an object with a member of this name. */
export function holds<Value, Name extends string>(
  value: Value,
  name: Name,
): value is Value & Holding<Value, Name> {
  return typeof value === 'object' && value !== null && name in value;
}
