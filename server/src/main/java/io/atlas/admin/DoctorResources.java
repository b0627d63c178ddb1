package io.atlas.admin;

import io.atlas.doctor.Diagnosis;
import io.atlas.doctor.Diagnosis.Severity;
import io.atlas.doctor.Doctor;
import java.util.List;

/** What operators ask of a node's surroundings. The answer may block, so it is asked for on a worker thread. */
public record DoctorResources(Doctor doctor) {
    /** {@code GET /admin/v1/doctor}: what is well and what is not, and what to do. */
    public Answer examine() {
        List<Diagnosis> all = doctor.examine();
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeBooleanProperty("well", all.stream().allMatch(diagnosis -> diagnosis.severity() == Severity.OK));
            json.writeName("checks");
            json.writeStartArray();
            for (Diagnosis diagnosis : all) {
                json.writeStartObject();
                json.writeStringProperty("check", diagnosis.check());
                json.writeStringProperty("severity", diagnosis.severity().word());
                json.writeStringProperty("says", diagnosis.says());
                json.writeStringProperty("advice", diagnosis.advice());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }
}
