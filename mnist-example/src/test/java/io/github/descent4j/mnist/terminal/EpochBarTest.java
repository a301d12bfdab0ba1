package io.github.descent4j.mnist.terminal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.nn.train.StepMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
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

  @ParameterizedTest
  @ValueSource(ints = {0, 49})
  void printsNothingWithoutRoom(int width) {
    show(width);
    assertThat(terminal.toByteArray()).isEmpty();
  }

  private List<String> show(int width) {
    EpochBar bar = new EpochBar(new PrintStream(terminal, true, US_ASCII), width);
    for (int batch = 1; batch <= 20; batch++) {
      bar.onStep(new StepMetrics(40 + batch, 3, batch, 20, 0.25, 0.01));
    }
    bar.close();
    return Stream.of(terminal.toString(US_ASCII).split("\r"))
        .filter(state -> !state.isEmpty())
        .toList();
  }
}
