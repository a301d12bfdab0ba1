package io.github.descent4j.mnist.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.mnist.tensorboard.EventReader.Event;
import io.github.descent4j.mnist.tensorboard.EventReader.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The reader understands a file of TensorBoard's own writer (by_tensorboard.py beside it). */
class EventReaderTest {
  private static byte[] file() throws IOException {
    try (InputStream in =
        EventReaderTest.class.getResourceAsStream("/tensorboard/by-tensorboard.tfevents")) {
      return in.readAllBytes();
    }
  }

  @Test
  void readsWhatTensorBoardWrites() throws IOException {
    List<Event> events = EventReader.read(file());
    assertThat(events).hasSize(4);
    assertThat(events.get(0).fileVersion()).isEqualTo("brain.Event:2");
    assertThat(events.get(0).wallTime()).isEqualTo(1000.5);
    assertThat(events.get(1).start()).isTrue();
    assertThat(events.get(1).step()).isEqualTo(7);
    assertThat(events.get(2).step()).isEqualTo(300);
    List<Value> scalars = events.get(2).values();
    assertThat(scalars).extracting(Value::tag).containsExactly("loss/train", "learning_rate");
    assertThat(scalars).extracting(Value::scalar).containsExactly(0.25f, -1.5f);
    Value picture = events.get(3).values().get(0);
    assertThat(picture.height()).isEqualTo(2);
    assertThat(picture.width()).isEqualTo(3);
    assertThat(new String(picture.png(), StandardCharsets.ISO_8859_1)).isEqualTo("\u0089PNG...");
  }

  @Test
  void damageFails() throws IOException {
    byte[] bytes = file();
    bytes[0x58] ^= 1;
    assertThatThrownBy(() -> EventReader.read(bytes)).hasMessage("a checksum is wrong");
  }

  /** RFC 3720, B.4, gives the sum of 32 zeros; 0xe3069283 is the usual check of "123456789". */
  @Test
  void theChecksumIsThatOfCastagnoli() {
    assertThat(EventReader.crc32c(new byte[32])).isEqualTo(0x8a9136aa);
    assertThat(EventReader.crc32c("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(0xe3069283);
  }
}
