package io.github.descent4j.internal.file;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;

/** The element types a file can hold, by their common name, NumPy's code and ND4J's type. */
public enum ElementType {
  /** IEEE 754 single precision. */
  FLOAT32("float32", "<f4", DataType.FLOAT),
  /** IEEE 754 double precision. */
  FLOAT64("float64", "<f8", DataType.DOUBLE),
  /** IEEE 754 half precision. */
  FLOAT16("float16", "<f2", DataType.FLOAT16),
  /** NumPy has no such type: the bits as unsigned numbers, the upper half of a float32. */
  BFLOAT16("bfloat16", "<u2", DataType.BFLOAT16);

  /** What {@link #of(String)} accepts, for messages. */
  public static final String NAMES =
      Arrays.stream(values()).map(ElementType::toString).collect(joining(", "));

  private final String text;
  private final String code;
  private final DataType dataType;

  ElementType(String text, String code, DataType dataType) {
    this.text = text;
    this.code = code;
    this.dataType = dataType;
  }

  /** The type of an array: one of the four that a parameter may have. */
  public static ElementType of(DataType dataType) {
    for (ElementType type : values()) {
      if (type.dataType == dataType) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "element type is " + dataType + ", expected FLOAT, DOUBLE, FLOAT16 or BFLOAT16");
  }

  /** The type of a name, null if there is none. */
  public static ElementType of(String name) {
    for (ElementType type : values()) {
      if (type.text.equals(name)) {
        return type;
      }
    }
    return null;
  }

  /** ND4J's type. */
  public DataType dataType() {
    return dataType;
  }

  /** NumPy's code, little-endian. */
  String code() {
    return code;
  }

  /** Bytes of an element. */
  int width() {
    return dataType.width();
  }

  @Override
  public String toString() {
    return text;
  }
}
