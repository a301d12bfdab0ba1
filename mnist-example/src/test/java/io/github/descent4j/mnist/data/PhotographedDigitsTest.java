package io.github.descent4j.mnist.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.mnist.data.PhotographedDigits.Kind;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A digit is found under uneven light, in a frame, in noise and blurred as it is found without. */
@Tag("slow")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class PhotographedDigitsTest {
  private static final int COUNT = 8;

  @ParameterizedTest
  @EnumSource(Kind.class)
  void findsTheDigit(Kind kind) {
    for (int example = 0; example < COUNT; example++) {
      DigitPicture plain =
          DigitPicture.of("plain", PhotographedDigits.of(example, Kind.PLAIN), 28, 28);
      DigitPicture found = DigitPicture.of("found", PhotographedDigits.of(example, kind), 28, 28);
      double difference = 0;
      double ink = 0;
      for (int i = 0; i < 784; i++) {
        int expected = plain.image().grey(i / 28, i % 28);
        difference += Math.abs(expected - found.image().grey(i / 28, i % 28));
        ink += expected;
      }
      // A blur of 11 pixels and a shift by one pixel of 28 make most of it; a digit that is lost
      // differs by 1 and more.
      assertThat(difference / ink).as("digit %d", example).isLessThan(0.6);
      assertThat(found.alone()).isTrue();
    }
  }

  @Test
  void tellsTwoDigits() {
    int told = 0;
    for (int example = 0; example < COUNT; example++) {
      told += DigitPicture.of("two", PhotographedDigits.two(example), 28, 28).alone() ? 0 : 1;
    }
    assertThat(told).isGreaterThanOrEqualTo(COUNT - 1);
  }
}
