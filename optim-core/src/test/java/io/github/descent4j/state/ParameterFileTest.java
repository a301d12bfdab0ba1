package io.github.descent4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.descent4j.Adam;
import io.github.descent4j.Golden;
import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.TestArrays;
import io.github.descent4j.TestArrays.Layout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The values of a model in a file. */
class ParameterFileTest {
  @TempDir
  private Path folder;

  private Path file;

  @BeforeEach
  void nameAFile() {
    file = folder.resolve("parameters.npz");
  }

  @Test
  void everyLayoutShapeAndTypeIsFilledInPlaceFromEveryOther() {
    for (Layout from : Layout.values()) {
      Parameters saved = everything(from, 1);
      saved.save(file);
      for (Layout to : Layout.values()) {
        Parameters loaded = everything(to, 2);
        List<INDArray> arrays = new ArrayList<>();
        loaded.forEach(parameter -> arrays.add(parameter.value()));
        loaded.load(file);
        for (int i = 0; i < arrays.size(); i++) {
          TestArrays.assertSameBits(
              from + " to " + to, arrays.get(i), saved.get(i).value());
        }
      }
    }
  }

  private static Parameters everything(Layout layout, int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Parameter> parameters = new ArrayList<>();
    for (DataType type :
        List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (long[] shape : TestArrays.SHAPES) {
        double[] numbers = TestArrays.gradients(random, TestArrays.length(shape));
        INDArray value = TestArrays.lay(TestArrays.create(type, shape, numbers), layout);
        parameters.add(Parameter.of("p" + parameters.size(), value, value.dup()));
      }
    }
    INDArray none = Nd4j.empty(DataType.FLOAT);
    parameters.add(Parameter.of("none", none, Nd4j.empty(DataType.FLOAT)));
    return Parameters.of(parameters);
  }

  @Test
  void whatSurroundsAViewStays() {
    INDArray buffer = Nd4j.zeros(DataType.FLOAT, 3, 5);
    INDArray view = buffer.getColumn(2);
    Parameters.of(Parameter.of("w", Nd4j.createFromArray(1f, 2, 3), Nd4j.zeros(3)))
        .save(file);
    Parameters.of(Parameter.of("w", view, Nd4j.zeros(3))).load(file);
    assertThat(Golden.numbers(buffer)).containsExactly(0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0);
  }

  @Test
  void nanKeepsItsBits() {
    INDArray value = Nd4j.createFromArray(0f, 0f, 0f);
    value.data().pointer().asByteBuffer().asIntBuffer().put(new int[] {0x7fc12345, 0xff800001, -1});
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.zeros(3)));
    parameters.save(file);
    value.assign(0);
    parameters.load(file);
    int[] bits = new int[3];
    value.data().pointer().asByteBuffer().asIntBuffer().get(bits);
    assertThat(bits).containsExactly(0x7fc12345, 0xff800001, -1);
  }

  @Test
  void everyMismatchIsNamedAndChangesNothing() {
    model("w", "b").save(file);
    assertFails("has a parameter 'b' that the model has not: [w FLOAT[2]]", model("w"));
    assertFails("has no parameter 'c', expected one as in the model", model("w", "b", "c"));
    INDArray longer = Nd4j.ones(3);
    assertFails(
        "has parameter 'b' as FLOAT[2], expected FLOAT[3] as in the model",
        Parameters.of(model("w").get(0), Parameter.of("b", longer, longer.dup())));
    INDArray wider = Nd4j.ones(DataType.DOUBLE, 2);
    assertFails(
        "has parameter 'b' as FLOAT[2], expected DOUBLE[2] as in the model",
        Parameters.of(model("w").get(0), Parameter.of("b", wider, wider.dup())));
    new Adam().state().save(file);
    assertFails("'content' that is \"optimizer state\", expected \"parameters\"", model("w"));
  }

  @Test
  void differencesCanBeAllowed() {
    Parameters saved = model("w", "b");
    saved.get("w").value().assign(7);
    saved.save(file);
    Parameters other = model("c", "w");
    other.load(file, LoadOption.ALLOW_EXTRA_PARAMETERS, LoadOption.ALLOW_MISSING_PARAMETERS);
    assertThat(other.get("w").value().toFloatVector()).containsExactly(7, 7);
    assertThat(other.get("c").value().toFloatVector()).containsExactly(1, 1);
  }

  /** The last array is damaged: those before it have been read by then, and not been written. */
  @Test
  void damageInTheLastArrayLeavesTheFirstAlone() throws Exception {
    Parameters saved = model("w", "b");
    saved.forEach(parameter -> parameter.value().assign(7));
    saved.save(file);
    byte[] bytes = Files.readAllBytes(file);
    byte[] elements = {0, 0, (byte) 0xe0, 0x40};
    int at = bytes.length - elements.length;
    while (!Arrays.equals(bytes, at, at + elements.length, elements, 0, elements.length)) {
      at--;
    }
    bytes[at] ^= 1;
    Files.write(file, bytes);
    assertFails("has an entry 'b/value.npy' that is damaged: its checksum is ", model("w", "b"));
  }

  @Test
  void closedArraysAreNamed() {
    Parameters parameters = model("w", "b");
    parameters.save(file);
    parameters.get("b").value().close();
    assertThatThrownBy(() -> parameters.save(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("value of parameter 'b' has been closed");
    assertThatThrownBy(() -> parameters.load(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("value of parameter 'b' has been closed");
  }

  /** Arrays are no bytes of JavaCPP's, but of the process. */
  @Test
  void memoryDoesNotGrowWithTheNumberOfFiles() {
    INDArray value = Nd4j.ones(1_000_000);
    Parameters parameters = Parameters.of(Parameter.of("w", value, Nd4j.ones(1_000_000)));
    parameters.save(file);
    parameters.load(file);
    long before = Pointer.physicalBytes();
    for (int i = 0; i < 40; i++) {
      parameters.save(file);
      parameters.load(file);
    }
    assertThat(Pointer.physicalBytes() - before).isLessThan(20 * value.length() * Float.BYTES);
  }

  private void assertFails(String message, Parameters model) {
    assertThatThrownBy(() -> model.load(file))
        .isInstanceOf(StateFileException.class)
        .hasMessageStartingWith("state file " + file + " has ")
        .hasMessageContaining(message);
    for (Parameter parameter : model) {
      assertThat(Golden.numbers(parameter.value())).containsOnly(1);
    }
  }

  private static Parameters model(String... names) {
    return Parameters.of(Arrays.stream(names)
        .map(name -> Parameter.of(name, Nd4j.ones(2), Nd4j.ones(2)))
        .toList());
  }
}
