package io.github.descent4j.internal.state;

import static io.github.descent4j.internal.state.StateFields.CONTENT;
import static io.github.descent4j.internal.state.StateFields.PARAMETERS;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.internal.access.ParameterAccess;
import io.github.descent4j.internal.access.ParametersAccess;
import io.github.descent4j.internal.file.ArrayFileReader;
import io.github.descent4j.internal.file.ArrayFileWriter;
import io.github.descent4j.internal.file.EntryName;
import io.github.descent4j.internal.file.Fields;
import io.github.descent4j.internal.memory.ArrayMemory;
import io.github.descent4j.internal.memory.RawElements;
import io.github.descent4j.state.LoadOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The values of parameters as a file. */
public final class ParameterFile {
  private static final String VALUE = "value";

  private ParameterFile() {}

  /** Saves what {@link Parameters#save} says. */
  public static void save(Parameters parameters, Path file) {
    List<String> names = new ArrayList<>();
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      ParameterAccess.ACCESS.requireOpen(parameter);
      names.add(parameter.name());
      arrays.put(EntryName.of(parameter.name(), VALUE), parameter.value());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put(CONTENT, PARAMETERS);
    fields.put(PARAMETERS, names);
    ArrayFileWriter.write(file, fields, arrays);
  }

  /** Loads what {@link Parameters#load} says. */
  public static void load(Parameters parameters, Path file, Set<LoadOption> options) {
    for (Parameter parameter : parameters) {
      ParameterAccess.ACCESS.requireOpen(parameter);
    }
    Map<Parameter, INDArray> values = new LinkedHashMap<>();
    try (ArrayFileReader reader = ArrayFileReader.open(file)) {
      Fields fields = reader.description();
      if (!fields.text(CONTENT).equals(PARAMETERS)) {
        throw fields.bad(CONTENT, '"' + PARAMETERS + '"');
      }
      Map<String, Parameter> model = ParametersAccess.ACCESS.byName(parameters);
      Set<String> saved = Set.copyOf(fields.texts(PARAMETERS));
      for (String name : saved) {
        if (!model.containsKey(name) && !options.contains(LoadOption.ALLOW_EXTRA_PARAMETERS)) {
          throw reader.problem("has a parameter '" + name + "' that the model has not: "
              + parameters + "; ALLOW_EXTRA_PARAMETERS leaves it out");
        }
      }
      for (Parameter parameter : parameters) {
        if (saved.contains(parameter.name())) {
          values.put(parameter, read(parameter, reader));
        } else if (!options.contains(LoadOption.ALLOW_MISSING_PARAMETERS)) {
          throw reader.problem("has no parameter '" + parameter.name()
              + "', expected one as in the model; ALLOW_MISSING_PARAMETERS leaves it as it is");
        }
      }
    }
    values.forEach((parameter, value) ->
        copy(ArrayMemory.of(value), ParameterAccess.ACCESS.valueMemory(parameter)));
    values.values().stream().filter(value -> !value.isEmpty()).forEach(INDArray::close);
  }

  private static INDArray read(Parameter parameter, ArrayFileReader reader) {
    INDArray value = reader.array(EntryName.of(parameter.name(), VALUE));
    INDArray own = parameter.value();
    if (value.dataType() != own.dataType()
        || !Arrays.equals(value.shape(), own.shape())
        || value.isEmpty() != own.isEmpty()) {
      throw reader.problem(String.format(
          Locale.ROOT,
          "has parameter '%s' as %s%s, expected %s%s as in the model",
          parameter.name(),
          value.dataType(),
          Arrays.toString(value.shape()),
          own.dataType(),
          Arrays.toString(own.shape())));
    }
    return value;
  }

  private static void copy(ArrayMemory from, ArrayMemory to) {
    RawElements raw = new RawElements();
    byte[] block = new byte[RawElements.BLOCK * Long.BYTES];
    for (long done = 0; done < to.length(); done += RawElements.BLOCK) {
      int n = (int) Math.min(RawElements.BLOCK, to.length() - done);
      raw.load(from, to.order(), done, n, block);
      raw.store(to, to.order(), done, n, block);
    }
  }
}
