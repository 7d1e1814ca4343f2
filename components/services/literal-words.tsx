/** Text in which what a tool said stands between backquotes: those words are shown in mono, untouched. */
export function LiteralWords({ text }: { text: string }) {
  return text.split("`").map((part, index) => {
    const key = `${index}${part}`;
    return index % 2 === 1 ? (
      <code key={key} className="font-mono text-12 text-foreground">
        <bdi>{part}</bdi>
      </code>
    ) : (
      <bdi key={key}>{part}</bdi>
    );
  });
}
