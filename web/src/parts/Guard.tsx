import { Component, type ComponentChildren } from "preact";

/** One broken section must not take the page with it: says what happened and where the numbers still are. */
export class Guard extends Component<{ name: string; children: ComponentChildren }, { message: string | null }> {
  override state = { message: null };

  override componentDidCatch(error: unknown): void {
    this.setState({ message: error instanceof Error ? error.message : String(error) });
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    return (
      <section class="problem" role="alert">
        <h2>{this.props.name} could not be drawn</h2>
        <p>{this.state.message}</p>
        <p>The numbers are not lost: run the same command with <code>--json FILE</code> to get all of them.</p>
      </section>
    );
  }
}
