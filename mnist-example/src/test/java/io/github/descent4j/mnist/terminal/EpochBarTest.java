package io.github.descent4j.mnist.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.train.StepMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochBarTest {
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

  @ParameterizedTest
  @ValueSource(ints = {50, 74, 75, 80, 200})
  void staysOnOneLineAndIsWipedAway(int width) {
    List<String> states = show(width);
    assertThat(states).allSatisfy(state -> assertThat(state).hasSizeBetween(1, width - 1));
    assertThat(states)
        .anySatisfy(state -> assertThat(state).startsWith("epoch 3 100% [").contains("] 20/20 "));
    assertThat(states.get(states.size() - 1)).isEqualTo(" ".repeat(width - 1));
    assertThat(terminal.toString(US_ASCII)).doesNotContain("\n").endsWith("\r");
  }

  @Test
  void showsTheLossWhereThereIsRoom() {
    assertThat(show(80)).anySatisfy(state -> assertThat(state).contains("loss 0.2500"));
    terminal.reset();
    assertThat(show(60)).noneSatisfy(state -> assertThat(state).contains("loss"));
  }

  @Test
  void showsTheTimeThatIsLeftForTheRun() {
    // A second a step; after the last one of epoch 3 of 5 there are 40.
    assertThat(show(80)).anySatisfy(state -> assertThat(state).contains(", run 0:00:40 left"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 49})
  void printsNothingWithoutRoom(int width) {
    show(width);
    assertThat(terminal.toByteArray()).isEmpty();
  }

  private List<String> show(int width) {
    AtomicLong nanos = new AtomicLong();
    EpochBar bar = new EpochBar(
        new PrintStream(terminal, true, US_ASCII), width, 5, () -> nanos.addAndGet(1_000_000_000));
    for (int batch = 1; batch <= 20; batch++) {
      bar.onStep(new StepMetrics(40 + batch, 3, batch, 20, 0.25, 0.01));
    }
    bar.close();
    return Stream.of(terminal.toString(US_ASCII).split("\r"))
        .filter(state -> !state.isEmpty())
        .toList();
  }
}
