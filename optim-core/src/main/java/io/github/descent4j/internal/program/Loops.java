package io.github.descent4j.internal.program;

import io.github.descent4j.internal.program.LoopGenerator.Target;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs the programs of this process, chosen once and logged: vector loops where the JVM has the module {@code
 * jdk.incubator.vector} in a form that is known, scalar loops otherwise, the interpreter where classes cannot be
 * defined.
 *
 * <p>{@code -Dio.github.descent4j.kernels=auto|vector|scalar|interpreted} forces the choice. All give the same
 * bits.
 */
public final class Loops {

  /** The system property that forces the choice. */
  public static final String PROPERTY = "io.github.descent4j.kernels";

  /** What runs programs. */
  public enum Kind {
    /** Vectors in memory, and scalar loops for what is not dense. */
    VECTOR,
    /** Compiled loops over blocks on the heap. */
    SCALAR,
    /** No code generation. */
    INTERPRETED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Loops.class);
  private static final String MODULE = "jdk.incubator.vector";

  /** The loops of a program, by its target and signature, as long as a rule has them. */
  private static final Map<String, WeakReference<Object>> MADE = new ConcurrentHashMap<>();

  private static final Loops CHOSEN = choose(System.getProperty(PROPERTY, "auto"));

  private final Kind kind;
  private final int floatLanes;
  private final int doubleLanes;

  /** From a byte buffer to what vector loops take. */
  private final Function<ByteBuffer, Object> memory;

  private final boolean buffers;

  private Loops(Kind kind, int floatLanes, Function<ByteBuffer, Object> memory, boolean buffers) {
    this.kind = kind;
    this.floatLanes = floatLanes;
    doubleLanes = floatLanes / 2;
    this.memory = memory;
    this.buffers = buffers;
  }

  /** Those of this process. */
  public static Loops chosen() {
    return CHOSEN;
  }

  /** What runs. */
  public Kind kind() {
    return kind;
  }

  /** Whether there are loops straight over memory. */
  public boolean inMemory() {
    return kind == Kind.VECTOR;
  }

  /** A piece of memory as {@link MemoryLoop} takes it. */
  public Object memory(ByteBuffer bytes) {
    return memory.apply(bytes);
  }

  /** The loop of a program over blocks of floats. */
  public FloatLoop floats(Program program) {
    if (kind == Kind.INTERPRETED) {
      ThreadLocal<Interpreter> own = ThreadLocal.withInitial(() -> new Interpreter(program));
      return (arrays, n, numbers) -> own.get().run(arrays, n, numbers);
    }
    return (FloatLoop) made(program, Target.FLOATS, 0);
  }

  /** The same for blocks of doubles. */
  public DoubleLoop doubles(Program program) {
    if (kind == Kind.INTERPRETED) {
      ThreadLocal<Interpreter> own = ThreadLocal.withInitial(() -> new Interpreter(program));
      return (arrays, n, numbers) -> own.get().run(arrays, n, numbers);
    }
    return (DoubleLoop) made(program, Target.DOUBLES, 0);
  }

  /** The loop of a program straight over memory. */
  public MemoryLoop vectors(Program program, boolean wide) {
    if (buffers) {
      Target target = wide ? Target.DOUBLE_BUFFERS : Target.FLOAT_BUFFERS;
      return (MemoryLoop) made(program, target, wide ? doubleLanes : floatLanes);
    }
    Target target = wide ? Target.DOUBLE_SEGMENTS : Target.FLOAT_SEGMENTS;
    return (MemoryLoop) made(program, target, wide ? doubleLanes : floatLanes);
  }

  /** How many arrays beyond its own a program's loops over blocks need. */
  public int scratchArrays(Program program) {
    return kind == Kind.INTERPRETED ? 0 : program.split().scratchArrays();
  }

  private static Object made(Program program, Target target, int lanes) {
    String key = target + " " + program.signature();
    WeakReference<Object> known = MADE.get(key);
    Object loop = known == null ? null : known.get();
    if (loop == null) {
      loop = define(program, target, lanes);
      MADE.put(key, new WeakReference<>(loop));
    }
    return loop;
  }

  private static Object define(Program program, Target target, int lanes) {
    try {
      return new GeneratedClass()
          .define(LoopGenerator.generate(program, target, lanes))
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalStateException(
          "the loop of formula " + program.name() + " cannot be made, expected a class for\n"
              + program,
          e);
    }
  }

  private static Loops choose(String asked) {
    return switch (asked) {
      case "interpreted" -> {
        LOG.info("Interpreted kernels, because -D{}=interpreted asks for them", PROPERTY);
        yield interpreted();
      }
      case "scalar" -> {
        requireGeneration();
        LOG.info("Scalar kernels, because -D{}=scalar asks for them", PROPERTY);
        yield scalar();
      }
      case "vector" -> {
        requireGeneration();
        String reason = whyNoVectors();
        if (reason != null) {
          throw new IllegalStateException(
              "-D" + PROPERTY + "=vector, but vector kernels are not available: " + reason);
        }
        LOG.info("Vector kernels; -D{}=scalar turns them off", PROPERTY);
        yield vectors();
      }
      case "auto" -> {
        String cannot = whyNoGeneration();
        if (cannot != null) {
          LOG.warn("Interpreted kernels, which are slower, because {}", cannot);
          yield interpreted();
        }
        String reason = whyNoVectors();
        if (reason != null) {
          LOG.info("Scalar kernels, because {}", reason);
          yield scalar();
        }
        LOG.info("Vector kernels; -D{}=scalar turns them off", PROPERTY);
        yield vectors();
      }
      default ->
        throw new IllegalStateException(
            PROPERTY + " is '" + asked + "', expected auto, vector, scalar or interpreted");
    };
  }

  private static Loops interpreted() {
    return new Loops(Kind.INTERPRETED, 0, null, false);
  }

  private static Loops scalar() {
    return new Loops(Kind.SCALAR, 0, null, false);
  }

  private static Loops vectors() {
    boolean buffers = Runtime.version().feature() < 21;
    return new Loops(Kind.VECTOR, lanes(), buffers ? bytes -> bytes : segments(), buffers);
  }

  private static void requireGeneration() {
    String reason = whyNoGeneration();
    if (reason != null) {
      throw new IllegalStateException("-D" + PROPERTY + "=" + System.getProperty(PROPERTY)
          + ", but only interpreted kernels are available: " + reason);
    }
  }

  /** Null if classes can be defined. */
  private static String whyNoGeneration() {
    try {
      Description description = new Description("probe");
      description.set(Description.VALUE, description.input(Description.GRADIENT));
      Program probe = Program.of(description, 0, 0, Program.Pass.UPDATE);
      define(probe, Target.FLOATS, 0);
      return null;
    } catch (RuntimeException | Error e) { // That of a native image is an Error of its own.
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return "this Java defines no classes at run time: " + cause;
    }
  }

  /** Null if vectors can be used. */
  private static String whyNoVectors() {
    int release = Runtime.version().feature();
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return "the module " + MODULE + " is not there; java --add-modules " + MODULE + " brings it";
    }
    if (release == 21) {
      return "the vectors of Java 21 read neither byte buffers nor, without --enable-preview, memory segments;"
          + " Java 17 to 20 and 22 on have them";
    }
    try {
      return lanes() >= 4 ? null : "this processor has vectors of " + lanes() + " floats only";
    } catch (LinkageError e) {
      return "the vectors of Java " + release + " are not as known: " + e;
    }
  }

  private static int lanes() {
    try {
      Object species =
          Class.forName(MODULE + ".FloatVector").getField("SPECIES_PREFERRED").get(null);
      return (int) Class.forName(MODULE + ".VectorSpecies").getMethod("length").invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.toString(), e);
    }
  }

  private static Function<ByteBuffer, Object> segments() {
    try {
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      MethodHandle ofBuffer = MethodHandles.lookup()
          .findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class))
          .asType(MethodType.methodType(Object.class, ByteBuffer.class));
      return bytes -> {
        try {
          return ofBuffer.invokeExact(bytes);
        } catch (Throwable e) {
          throw new LinkageError("a memory segment of a byte buffer", e);
        }
      };
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.toString(), e);
    }
  }

  /** Loads one class, so that the loops of a rule that is gone are unloaded. */
  private static final class GeneratedClass extends ClassLoader {

    GeneratedClass() {
      super(Loops.class.getClassLoader());
    }

    Class<?> define(byte[] classFile) {
      return defineClass(null, classFile, 0, classFile.length);
    }
  }
}
