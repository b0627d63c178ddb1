package io.atlas.upstream.sim;

import io.atlas.tokenizer.Budget;
import io.atlas.tokenizer.TokenCounter;
import io.atlas.upstream.sim.Body.Input;
import io.atlas.upstream.sim.Body.Parsed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A request for embeddings: the same text has the same vector, of length one, and no two texts have anything in common. */
record Embeddings(String model, List<Input> inputs, int dimensions, Format format) implements Parsed {
    private static final int DEFAULT_DIMENSIONS = 256;
    private static final int MAX_DIMENSIONS = 4_096;
    private static final int MAX_NUMBERS = 1 << 20;

    Embeddings {
        inputs = List.copyOf(inputs);
    }

    /** How a vector is written. */
    enum Format {
        FLOAT,
        BASE64
    }

    static Parsed read(byte[] body) {
        return Body.read(body, Embeddings::read);
    }

    private static Parsed read(JsonNode root) {
        List<Input> inputs = Body.inputs(root.path("input"));
        if (inputs.isEmpty()) {
            return Fault.invalid("input", "input: missing (expected: a text, token ids, or a list of either)");
        }
        Optional<Fault> fault = Body.outside(root, "dimensions", MAX_DIMENSIONS);
        if (fault.isPresent()) {
            return fault.get();
        }
        int dimensions = root.path("dimensions").asInt(DEFAULT_DIMENSIONS);
        if ((long) dimensions * inputs.size() > MAX_NUMBERS) {
            return Fault.invalid("input", "input: too many for so many dimensions (expected: at most 1048576 numbers)");
        }
        Format format = root.path("encoding_format").asString("").equals("base64") ? Format.BASE64 : Format.FLOAT;
        return new Embeddings(root.path("model").asString(""), inputs, dimensions, format);
    }

    /** The whole answer. */
    String answer(long seed, TokenCounter counter) {
        ObjectNode root = Json.object().put("object", "list");
        ArrayNode data = root.putArray("data");
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
            write(one, vector(Dice.seed(seed, inputs.get(i).text())));
        }
        root.put("model", model);
        long tokens = tokens(counter);
        root.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return Json.text(root);
    }

    /** How many tokens all inputs have. */
    long tokens(TokenCounter counter) {
        return inputs.stream()
                .mapToLong(input -> input.tokenIds()
                        + counter.count(input.texts(), Budget.UNLIMITED).tokens())
                .sum();
    }

    private float[] vector(long seed) {
        Dice dice = new Dice(seed);
        double[] drawn = new double[dimensions];
        double square = 0;
        for (int i = 0; i < dimensions; i++) {
            drawn[i] = (double) dice.next() / Long.MAX_VALUE;
            square += drawn[i] * drawn[i];
        }
        double length = Math.sqrt(square);
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (drawn[i] / length);
        }
        return vector;
    }

    private void write(ObjectNode one, float[] vector) {
        switch (format) {
            case FLOAT -> {
                ArrayNode numbers = one.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
            case BASE64 -> {
                ByteBuffer bytes =
                        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(vector);
                one.put("embedding", Base64.getEncoder().encodeToString(bytes.array()));
            }
        }
    }
}
