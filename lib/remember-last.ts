/** `make`, which does not make twice in a row what is the same: most people of an app are shown the same scopes. */
export function rememberLast<Made>(make: (from: string) => Made): (from: string) => Made {
  let last: { from: string; made: Made } | undefined;
  return (from) => {
    if (last?.from !== from) last = { from, made: make(from) };
    return last.made;
  };
}
