// Loaded into an app process by --import: its clock is wrong by CLOCK_OFF_BY_MS milliseconds.
const offset = Number(process.env.CLOCK_OFF_BY_MS);
const RealDate = Date;

globalThis.Date = /** @type {DateConstructor} */ (
  new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [target.now() + offset] : args, newTarget),
    apply: (target) => new target(target.now() + offset).toString(),
    get: (target, name, receiver) =>
      name === "now" ? () => target.now() + offset : Reflect.get(target, name, receiver),
  })
);
